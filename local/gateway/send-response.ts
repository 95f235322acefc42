import { type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';
import * as z from 'zod';
import {
  type GatewayResponse,
  gatewayResponses,
  toGatewayResponseBody,
} from '../../lambda/http/gateway-responses.ts';
import { GatewayRefusal } from './gateway-refusal.ts';
import type { GatewayRequest } from './read-request.ts';

const headerName = z.string().refine((name) => passes(() => validateHeaderName(name)), 'a header name');
const headerScalar = z
  .union([z.string(), z.number(), z.boolean()])
  .refine((value) => passes(() => validateHeaderValue('any', String(value))), 'a header value');

const proxyResultSchema = z.object({
  statusCode: z.int().min(200).max(599),
  headers: z.record(headerName, headerScalar).nullish(),
  multiValueHeaders: z.record(headerName, z.array(headerScalar)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

export type ProxyResult = z.output<typeof proxyResultSchema>;

/** @throws GatewayRefusal for a result that API Gateway calls a malformed Lambda proxy response */
export function parseProxyResult(value: unknown): ProxyResult {
  const parsed = proxyResultSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new GatewayRefusal('INTEGRATION_FAILURE', `malformed proxy response: ${problems.join('; ')}`);
}

/** API Gateway keeps these for itself and shows a function's own under `x-amzn-Remapped-`. Source: API Gateway guide, "Important notes". */
const remappedHeaders = new Set([
  'authorization',
  'connection',
  'content-length',
  'date',
  'host',
  'server',
  'user-agent',
  'www-authenticate',
]);

export function sendProxyResult(
  response: ServerResponse,
  request: GatewayRequest,
  result: ProxyResult,
): void {
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = result;
  const all = { 'Content-Type': 'application/json', ...toTextValues(headers ?? {}) };
  // Header names have no case; setHeader knows, and the later of two wins as in API Gateway.
  for (const [name, value] of [...Object.entries(all), ...Object.entries(toLists(multiValueHeaders ?? {}))]) {
    const lowerCase = name.toLowerCase();
    if (lowerCase === 'transfer-encoding') continue;
    response.setHeader(remappedHeaders.has(lowerCase) ? `x-amzn-Remapped-${name}` : name, value);
  }
  setRequestIds(response, request);
  const bytes = Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8');
  response.statusCode = statusCode;
  response.end(bytes);
}

export function sendGatewayResponse(
  response: ServerResponse,
  request: GatewayRequest,
  refusal: Pick<GatewayRefusal, 'type' | 'status'>,
): void {
  const table: readonly GatewayResponse[] = gatewayResponses;
  const entry = table.find(({ type }) => type === refusal.type);
  if (entry === undefined) throw new TypeError(`no gateway response ${refusal.type}`);
  for (const [name, value] of Object.entries(entry.headers ?? {})) response.setHeader(name, value);
  response.setHeader('Content-Type', 'application/problem+json');
  setRequestIds(response, request);
  response.statusCode = entry.status ?? refusal.status ?? 500;
  response.end(toGatewayResponseBody(entry, request.extendedRequestId));
}

function setRequestIds(response: ServerResponse, { requestId, extendedRequestId }: GatewayRequest): void {
  response.setHeader('x-amzn-RequestId', requestId);
  response.setHeader('x-amz-apigw-id', extendedRequestId);
}

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

type HeaderValue = z.output<typeof headerScalar>;

const toTextValues = (values: Readonly<Record<string, HeaderValue>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

const toLists = (values: Readonly<Record<string, readonly HeaderValue[]>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.map(String)]));
