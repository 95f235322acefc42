import { ClientError } from './client-error.ts';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SessionTokenToPresign {
  /** Scheme, host and port of STS in the broker's region. */
  readonly sts: URL;
  readonly region: string;
  readonly keys: AwsKeys;
  /** ARN of a virtual MFA device, or serial number of one of hardware. */
  readonly mfaSerial: string;
  /** The six digits that it shows. */
  readonly code: string;
  /** Seconds, 900–129600. @default STS's twelve hours */
  readonly durationSeconds?: number;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** Seconds. The broker sends it on at once; whoever else gets hold of it has a code that is used up. */
const expiresIn = 60;

/**
 * A GetSessionToken that whoever has it can send to STS, once: the code is in it. Never printed, never logged.
 *
 * @throws ClientError `usage` for keys of a session, which STS takes none of
 */
export async function presignSessionToken(request: SessionTokenToPresign): Promise<string> {
  const { sts, region, keys, mfaSerial, code, durationSeconds, nowMs } = request;
  requireLongTermKeys(keys);
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-crypto/sha256-js'),
  ]);
  const { accessKeyId, secretAccessKey } = keys;
  const signer = new SignatureV4({
    ...{ service: 'sts', region, sha256: Sha256 },
    credentials: { accessKeyId, secretAccessKey },
  });
  const { query = {} } = await signer.presign(
    {
      ...{ method: 'GET', protocol: sts.protocol, hostname: sts.hostname, path: '/' },
      headers: { host: sts.host },
      query: {
        ...{ Action: 'GetSessionToken', Version: '2011-06-15', SerialNumber: mfaSerial, TokenCode: code },
        ...(durationSeconds === undefined ? {} : { DurationSeconds: String(durationSeconds) }),
      },
    },
    { expiresIn, signingDate: new Date(nowMs) },
  );
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encode(String(value))}`);
  return `${sts.origin}/?${pairs.join('&')}`;
}

function requireLongTermKeys({ accessKeyId, sessionToken }: AwsKeys): void {
  if (sessionToken === undefined && accessKeyId.startsWith('AKIA')) return;
  throw new ClientError(
    'usage',
    `${accessKeyId} is no long-term key of an IAM user: a session has no session token`,
    {
      hint: 'name a profile with an access key of its own by --aws-profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, without AWS_SESSION_TOKEN',
    },
  );
}

/** RFC 3986: all but the unreserved characters. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
