/** As much of JSON Schema (draft 2020-12) as the configuration's schema uses. */
interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
}

const checked = new Set([
  ...[
    'type',
    'const',
    'enum',
    'anyOf',
    'oneOf',
    'not',
    'pattern',
    'minLength',
    'maxLength',
    'minimum',
    'maximum',
  ],
  ...['minItems', 'maxItems', 'items', 'required', 'properties', 'propertyNames', 'additionalProperties'],
]);
const silent = new Set(['$schema', 'title', 'description', 'default']);

/**
 * The places at which a document does not fit the schema; none when it does.
 *
 * @throws TypeError when the schema uses a keyword that is not checked here
 */
export function violations(schema: JsonSchema, value: unknown, path = '$'): readonly string[] {
  const unknown = Object.keys(schema).filter((keyword) => !checked.has(keyword) && !silent.has(keyword));
  if (unknown.length > 0) throw new TypeError(`${path}: the keywords ${unknown} are not checked here`);
  const { anyOf, oneOf, not } = schema;
  const fits =
    (schema.type === undefined || isOfType(value, schema.type)) &&
    (schema.const === undefined || schema.const === value) &&
    (schema.enum === undefined || schema.enum.includes(value)) &&
    (anyOf === undefined || anyOf.some((one) => violations(one, value, path).length === 0)) &&
    (not === undefined || violations(not, value, path).length > 0) &&
    fitsText(schema, value) &&
    fitsNumber(schema, value);
  if (!fits) return [path];
  if (oneOf !== undefined) return alternativeViolations(oneOf, value, path);
  if (Array.isArray(value)) return listViolations(schema, value, path);
  return typeof value === 'object' && value !== null ? objectViolations(schema, value, path) : [];
}

/** Of the one alternative that the value fits or that its constants choose, so that the very place is found. */
function alternativeViolations(
  alternatives: readonly JsonSchema[],
  value: unknown,
  path: string,
): readonly string[] {
  const fitting = alternatives.filter((one) => violations(one, value, path).length === 0);
  if (fitting.length === 1) return [];
  const chosen = alternatives.filter(({ properties = {} }) =>
    Object.entries(properties).every(
      ([key, { const: constant }]) => constant === undefined || constant === Reflect.get(Object(value), key),
    ),
  );
  const [only] = chosen;
  return fitting.length === 0 && chosen.length === 1 && only !== undefined
    ? violations(only, value, path)
    : [path];
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function fitsText(
  { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: JsonSchema,
  value: unknown,
) {
  if (typeof value !== 'string') return true;
  const { length } = [...value];
  return length >= minLength && length <= maxLength && new RegExp(pattern ?? '', 'u').test(value);
}

function fitsNumber({ minimum = -Infinity, maximum = Infinity }: JsonSchema, value: unknown) {
  return typeof value !== 'number' || (value >= minimum && value <= maximum);
}

function listViolations(schema: JsonSchema, list: readonly unknown[], path: string): readonly string[] {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items = {} } = schema;
  if (list.length < minItems || list.length > maxItems) return [path];
  return list.flatMap((item, index) => violations(items, item, `${path}[${index}]`));
}

function objectViolations(schema: JsonSchema, object: object, path: string): readonly string[] {
  const { required = [], properties = {}, propertyNames = {}, additionalProperties = true } = schema;
  const absent = required.filter((key) => !Object.hasOwn(object, key)).map((key) => `${path}.${key}`);
  const entries = Object.entries(object).flatMap(([key, member]) => {
    const place = `${path}.${key}`;
    if (violations(propertyNames, key, place).length > 0) return [place];
    if (Object.hasOwn(properties, key)) return violations(properties[key] ?? {}, member, place);
    if (additionalProperties === false) return [place];
    return additionalProperties === true ? [] : violations(additionalProperties, member, place);
  });
  return [...absent, ...entries];
}
