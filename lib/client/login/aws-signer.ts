import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../../lambda/core/sha256.ts';
import { ClientError } from '../client-error.ts';
import type { Prover, UnprovenRequest } from '../proof.ts';
import { toCleanText } from './clean-text.ts';
import type { AwsLogin } from './login.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Set while the SDK looks for credentials: a `credential_process` that runs is its child. */
export const signingMark = 'DAYPASS_IS_ASKING_AWS';

/** This process's own mark: an agent makes many provers at once, and is not its own child. */
const ownMark = randomUUID();
let asking = 0;

/** What chooses among the caller's AWS identities. No secret is among them. */
const choosing = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
] as const;

/**
 * Signs each request with the caller's own AWS credentials, which are never kept.
 *
 * @throws ClientError `failed` where those credentials are what daypass itself is asked for
 */
export function createAwsProver(login: AwsLogin, env: Environment, now: () => number): Prover {
  const mark = env[signingMark];
  if (mark && mark !== ownMark) throw toLoop();
  let signer: Promise<Sign> | undefined;
  return {
    id: toId(login, env),
    prove: async () => {
      signer ??= createSigner(login, env, now);
      return { kind: 'aws', sign: await signer };
    },
  };
}

/**
 * By what the credentials will come from, as the broker's answer (the principal at the login) may be old: another
 * profile, key, configuration or machine is another caller. To ask for the credentials themselves would take longer
 * than to issue, and AssumeRole profiles have another access key in each process.
 */
function toId({ profile, region, principal }: AwsLogin, env: Environment): string {
  const home = env['HOME'] ?? homedir();
  const files = [
    env['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config'),
    env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials'),
  ];
  const from = [
    profile,
    region,
    principal?.issuer,
    principal?.subject,
    hostname(),
    ...choosing.map((name) => env[name]),
    ...files.map(toDigest),
  ];
  return `aws:${sha256(JSON.stringify(from.map((one) => one ?? null))).toString('hex')}`;
}

function toDigest(path: string): string | undefined {
  try {
    return sha256(readFileSync(path, 'utf8')).toString('hex');
  } catch {
    return undefined;
  }
}

interface AwsCredentialIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}
type Provider = () => Promise<AwsCredentialIdentity>;
type Sign = (request: UnprovenRequest) => Promise<Readonly<Record<string, string>>>;

async function createSigner(login: AwsLogin, env: Environment, now: () => number): Promise<Sign> {
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-crypto/sha256-js'),
  ]);
  const { region } = login;
  const profile = login.profile ?? (env['AWS_PROFILE'] || undefined);
  const provide = await createProvider(profile);
  const credentials = memoize(() => ask(provide, profile), now);
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async ({ method, url, headers, body }) => {
    const { headers: signed } = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      body,
    });
    const { host: _, ...rest } = signed;
    return rest;
  };
}

/** Where a profile is named it is that one or none: the SDK's chain would go on to the machine's own role. */
async function createProvider(profile: string | undefined): Promise<Provider> {
  if (profile === undefined) return (await import('@aws-sdk/credential-provider-node')).defaultProvider();
  return (await import('@aws-sdk/credential-provider-ini')).fromIni({ profile });
}

/** Milliseconds before their end at which credentials are asked for again. */
const refreshMs = 300_000;

function memoize(provide: Provider, now: () => number): Provider {
  let kept: AwsCredentialIdentity | undefined;
  return async () => {
    const expiresAt = kept?.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    if (kept === undefined || now() > expiresAt - refreshMs) kept = await provide();
    return kept;
  };
}

async function ask(provide: Provider, profile: string | undefined): Promise<AwsCredentialIdentity> {
  // The SDK hands this process's environment to a credential_process.
  process.env[signingMark] = ownMark;
  asking += 1;
  try {
    return await provide();
  } catch (cause) {
    throw toAwsError(cause, profile);
  } finally {
    asking -= 1;
    if (asking === 0) delete process.env[signingMark];
  }
}

const loop = 'daypass would sign with credentials that it is itself asked for';

const toLoop = () =>
  new ClientError('failed', loop, {
    hint: 'name a profile that has others: daypass login --aws-profile NAME',
  });

function toAwsError(cause: unknown, profile: string | undefined): ClientError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (message.includes(loop)) return toLoop();
  // Behind that stand the command itself and what a credential_process said, which may be secret.
  const why = message.includes('Command failed: ') ? 'its credential_process failed' : toCleanText(message);
  const whose = profile === undefined ? '' : ` of the profile ${toCleanText(profile)}`;
  return new ClientError('not-logged-in', `there are no AWS credentials${whose} to sign with (${why})`, {
    cause,
    hint: 'aws sts get-caller-identity tells whether there are; aws sso login renews those of IAM Identity Center',
  });
}
