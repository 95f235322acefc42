import { AwsError } from '../aws-error.ts';
import { parseQuery } from '../canonical-request.ts';
import { type AwsRequest, header } from '../exchange.ts';

export type FederationParameters = ReadonlyMap<string, string>;

/** From the query and, when it's a form, the body. @throws AwsError when one is there twice: it has no single meaning. */
export function parseFederationParameters(request: AwsRequest): FederationParameters {
  const contentType = header(request, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  const isForm = request.method === 'POST' && contentType === 'application/x-www-form-urlencoded';
  const parameters = new Map<string, string>();
  for (const [name, value] of [
    ...parseQuery(request.query),
    ...(isForm ? parseQuery(request.body.toString('utf8')) : []),
  ]) {
    if (parameters.has(name)) {
      throw new AwsError('BadRequest', 400, `${name.slice(0, 64)} must be sent once`);
    }
    parameters.set(name, value);
  }
  return parameters;
}
