import { parseQuery } from '../canonical-request.ts';
import { type AwsRequest, header } from '../exchange.ts';

/** The parameters of a Query protocol request. Of a repeated one STS takes the first; so does this. */
export type Parameters = ReadonlyMap<string, string>;

/** From the query and, when it's a form, the body. */
export function parseParameters(request: AwsRequest): Parameters {
  const contentType = header(request, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  const isForm = contentType === 'application/x-www-form-urlencoded';
  const pairs = [
    ...parseQuery(request.query).filter(([name]) => !name.startsWith('X-Amz-')),
    ...(isForm ? parseQuery(request.body.toString('utf8')) : []),
  ];
  const parameters = new Map<string, string>();
  for (const [name, value] of pairs) if (!parameters.has(name)) parameters.set(name, value);
  return parameters;
}

/** The values of `name.member.1`, `name.member.2`, … up to the first that's missing. */
export function members(parameters: Parameters, name: string): readonly string[] {
  const values: string[] = [];
  for (;;) {
    const value = parameters.get(`${name}.member.${values.length + 1}`);
    if (value === undefined) return values;
    values.push(value);
  }
}

/** The fields of `name.member.1.field`, …, up to the first member that has none of them. */
export function memberFields<Field extends string>(
  parameters: Parameters,
  name: string,
  fields: readonly Field[],
): readonly Readonly<Partial<Record<Field, string>>>[] {
  const list: Partial<Record<Field, string>>[] = [];
  for (;;) {
    const member: Partial<Record<Field, string>> = {};
    for (const field of fields) {
      const value = parameters.get(`${name}.member.${list.length + 1}.${field}`);
      if (value !== undefined) member[field] = value;
    }
    if (Object.keys(member).length === 0) return list;
    list.push(member);
  }
}
