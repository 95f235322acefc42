import * as z from 'zod';

/** A column of a table of the Glue catalogue. */
export interface GlueColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * The columns by which Athena reads lines of such JSON: made from the schema that the lines are written by, so that the two
 * cannot differ. In lower case, as Glue has every name; the reader of JSON takes no notice of case.
 */
export function toGlueColumns(schema: z.ZodObject): readonly GlueColumn[] {
  const { properties = {} } = z.toJSONSchema(schema) as JsonSchema;
  return Object.entries(properties).map(([name, property]) => ({
    name: name.toLowerCase(),
    type: toGlueType(property, name),
  }));
}

interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | false;
}

/** @throws TypeError for a type that no column stands for */
function toGlueType({ type, properties, items, additionalProperties }: JsonSchema, name: string): string {
  switch (type) {
    case 'string':
    case 'boolean':
      return type;
    case 'integer':
    case 'number':
      // A constant of zod's is a number by its JSON Schema, and whole all the same: there are no others here.
      return 'bigint';
    case 'array':
      if (items === undefined) break;
      return `array<${toGlueType(items, name)}>`;
    case 'object':
      if (properties !== undefined) return `struct<${toFields(properties)}>`;
      if (!additionalProperties) break;
      return `map<string,${toGlueType(additionalProperties, name)}>`;
  }
  throw new TypeError(`no column can hold ${name} of type ${type}`);
}

const toFields = (properties: Readonly<Record<string, JsonSchema>>): string =>
  Object.entries(properties)
    .map(([name, property]) => `${name.toLowerCase()}:${toGlueType(property, name)}`)
    .join(',');
