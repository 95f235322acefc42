import { SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from '../../local/create-tables.ts';
import { Sha256 } from '../local/aws/sha256.ts';

export interface Presigning {
  readonly credentials: Credentials;
  /** Beside Action and Version; `undefined` leaves one out. */
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  /** @default eu-west-1 */
  readonly region?: string;
  /** @default now */
  readonly signedAt?: Date;
  /** Seconds. @default 60 */
  readonly expiresIn?: number;
  /** Signed beside the host. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default GET */
  readonly method?: string;
}

/** A GetSessionToken as whoever has an SDK presigns it. */
export async function presignSessionToken(stsUrl: string, presigning: Presigning): Promise<string> {
  const { credentials, region = 'eu-west-1', signedAt = new Date(), expiresIn = 60 } = presigning;
  const { protocol, hostname, host } = new URL(stsUrl);
  const signer = new SignatureV4({ credentials, region, service: 'sts', sha256: Sha256 });
  const parameters = { Action: 'GetSessionToken', Version: '2011-06-15', ...presigning.parameters };
  const query = Object.entries(parameters).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const presigned = await signer.presign(
    {
      ...{
        method: presigning.method ?? 'GET',
        protocol,
        hostname,
        path: '/',
        query: Object.fromEntries(query),
      },
      headers: { host, ...presigning.headers },
    },
    { signingDate: signedAt, expiresIn },
  );
  return `${stsUrl}/?${toQuery(Object.entries(presigned.query ?? {}))}`;
}

const toQuery = (entries: readonly (readonly [string, unknown])[]) =>
  entries.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
