import { createHash, createHmac } from 'node:crypto';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface UnsignedRequest {
  readonly method: 'GET' | 'POST';
  /** Without a query. Its path holds nothing that needs encoding. */
  readonly url: URL;
  readonly body: string;
}

export interface SigningScope {
  readonly credentials: SigningCredentials;
  readonly region: string;
  readonly service: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/**
 * The headers of a request that is signed by SigV4: enough for API Gateway, so that no signer of the SDK is bundled for
 * it. Source: IAM User Guide, "Create a signed AWS API request".
 */
export function signRequest(request: UnsignedRequest, scope: SigningScope): Readonly<Record<string, string>> {
  const { method, url, body } = request;
  const { credentials, region, service, nowMs } = scope;
  const at = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const signed: Readonly<Record<string, string>> = {
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
    host: url.host,
    'x-amz-date': at,
    ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    ...[method, url.pathname, ''],
    ...names.map((name) => `${name}:${signed[name]}`),
    ...['', names.join(';'), sha256(body)],
  ].join('\n');
  const place = `${at.slice(0, 8)}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', at, place, sha256(canonical)].join('\n');
  const key = place.split('/').reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  const signature = Buffer.from(hmac(key, text)).toString('hex');
  const { host, ...headers } = signed;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${place}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
