import { once } from 'node:events';
import { request } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from '../../local/create-tables.ts';
import { Sha256 } from '../local/aws/sha256.ts';
import type { Answer } from './daypass-client.ts';

/** What to ask for, and how to sign it. */
export interface SignedCall {
  readonly credentials: Credentials;
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @default execute-api */
  readonly service?: string;
  /** @default eu-west-1 */
  readonly region?: string;
  /** @default now */
  readonly signedAt?: Date;
}

/** What goes over the wire, to be tampered with before it does. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** As an AWS SDK signs it: in the Authorization header. */
export async function sign(url: string, call: SignedCall): Promise<WireRequest> {
  const signed = await toSigner(call).sign(toHttp(url, call), { signingDate: call.signedAt ?? new Date() });
  return toWire(signed, call);
}

/** The signature in the query instead of the header. */
export async function presign(url: string, call: SignedCall): Promise<WireRequest> {
  const signingDate = call.signedAt ?? new Date();
  return toWire(await toSigner(call).presign(toHttp(url, call), { signingDate, expiresIn: 60 }), call);
}

/** node:http sends paths and headers as they are; fetch would tidy them. */
export async function send(url: string, wire: WireRequest): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const { method, path, body } = wire;
  const sent = request({ hostname, port, method, path, headers: wire.headers as Record<string, string> });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  const isJson = /json/.test(answer.headers['content-type'] ?? '') && text !== '';
  const json = isJson ? JSON.parse(text) : undefined;
  return { status: answer.statusCode, headers: new Headers(answer.headers), text, json };
}

export const signedCall = async (url: string, call: SignedCall): Promise<Answer> =>
  send(url, await sign(url, call));

const toSigner = ({ credentials, region = 'eu-west-1', service = 'execute-api' }: SignedCall) =>
  new SignatureV4({ credentials, region, service, sha256: Sha256 });

function toHttp(url: string, { method = 'GET', path, query = {}, headers = {}, body }: SignedCall) {
  const { host, hostname } = new URL(url);
  return {
    method,
    protocol: 'http:',
    hostname,
    path,
    query,
    headers: { host, ...headers },
    ...(body === undefined ? {} : { body }),
  };
}

interface Signed {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
}

function toWire({ method, path, headers, query = {} }: Signed, { body }: SignedCall): WireRequest {
  const parameters = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  const target = parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
  return { method, path: target, headers, ...(body === undefined ? {} : { body }) };
}
