import type { APIGatewayProxyEvent } from 'aws-lambda';
import { InvalidRequestError, RequestTooLargeError, UnsupportedMediaTypeError } from '../core/errors.ts';
import type { OpenRequest } from './endpoint.ts';
import { headerValues } from './header-values.ts';
import type { Route } from './routes.ts';

/** Bytes: a SAML response of 100 000 characters, percent-encoded where it must be, and the rest of its form. */
const maxFormBytes = 131_072;

/**
 * What a stranger sent, as far as the route has a use for it.
 *
 * @throws InvalidRequestError, RequestTooLargeError, UnsupportedMediaTypeError for a form that cannot be one
 */
export function toOpenRequest(event: APIGatewayProxyEvent, { schemas }: Route): OpenRequest {
  const query = Object.entries(event.multiValueQueryStringParameters ?? {}).map(([name, values]) => [
    name,
    values ?? [],
  ]);
  return {
    query: Object.fromEntries(query),
    form: schemas.form === undefined ? {} : parseForm(event),
    cookies: parseCookies(event),
    prefersHtml: headerValues(event, 'accept').some((value) => value.includes('text/html')),
    gatewayRequestId: event.requestContext.extendedRequestId ?? '',
  };
}

function parseForm(event: APIGatewayProxyEvent): OpenRequest['form'] {
  const types = headerValues(event, 'content-type');
  const [type = ''] = types;
  if (types.length !== 1 || !/^application\/x-www-form-urlencoded *(?:;|$)/i.test(type)) {
    throw new UnsupportedMediaTypeError(
      'this route takes one body of type application/x-www-form-urlencoded',
    );
  }
  if (event.isBase64Encoded) throw new InvalidRequestError('this route takes its body as text');
  const body = event.body ?? '';
  if (Buffer.byteLength(body) > maxFormBytes) {
    throw new RequestTooLargeError(
      `the form is larger than ${maxFormBytes} bytes, which is the most that is taken`,
    );
  }
  return groupByName(new URLSearchParams(body));
}

/** Fields: SAML's forms have two. Names are the sender's to choose, so their number is bounded before they are grouped. */
const maxFormFields = 16;

function groupByName(parameters: URLSearchParams): OpenRequest['form'] {
  if (parameters.size > maxFormFields) {
    throw new RequestTooLargeError(
      `the form has more than ${maxFormFields} fields, which is the most that is taken`,
    );
  }
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]));
}

/** RFC 6265 §5.4. */
function parseCookies(event: APIGatewayProxyEvent): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of headerValues(event, 'cookie').flatMap((value) => value.split(';'))) {
    const [, name, value] = cookiePair.exec(pair) ?? [];
    if (name !== undefined && value !== undefined && !cookies.has(name)) cookies.set(name, value);
  }
  return cookies;
}

/**
 * Space and tab alone are left out before the name. Whoever trims all that Unicode calls white reads a name with such a
 * character before it, which a neighbouring domain may set, as one that begins with `__Host-`, which it may not.
 */
const cookiePair = /^[ \t]*([^= \t]+)=(.*)$/s;
