import type { Issued } from '../core/issue.ts';
import type { GivenSession } from '../core/ports.ts';
import type { CredentialFormat } from './credential-schemas.ts';
import type { EndpointResponse } from './endpoint.ts';

/** Renders issued credentials. The issuance's id is a header of every format. */
export function renderCredentials(issued: Issued<GivenSession>, format: CredentialFormat): EndpointResponse {
  return {
    status: 200,
    headers: { 'Daypass-Issuance-Id': issued.intent.id },
    body: renderers[format](issued),
  };
}

/** As the SDKs' container provider reads them, with the issuance's id in a header: `Token`, not `SessionToken`. */
export function renderContainerCredentials({ intent, answer }: Issued<GivenSession>): EndpointResponse {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = answer.credentials;
  return {
    status: 200,
    headers: { 'Daypass-Issuance-Id': intent.id },
    body: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: toSeconds(expiration),
    },
  };
}

const renderers: Readonly<Record<CredentialFormat, (issued: Issued<GivenSession>) => unknown>> = {
  /** As `aws sts assume-role` prints it, with the issuance's id. */
  sts: ({ intent, answer }) => ({
    IssuanceId: intent.id,
    Credentials: {
      AccessKeyId: answer.credentials.accessKeyId,
      SecretAccessKey: answer.credentials.secretAccessKey,
      SessionToken: answer.credentials.sessionToken,
      Expiration: toSeconds(answer.credentials.expiration),
    },
    ...toUser(answer),
    ...(answer.packedPolicySize === undefined ? {} : { PackedPolicySize: answer.packedPolicySize }),
    ...(intent.sourceIdentity === undefined ? {} : { SourceIdentity: intent.sourceIdentity }),
  }),
  /** What `credential_process` prints (AWS CLI guide, "Sourcing credentials with an external process"). */
  process: ({ answer: { credentials } }) => ({
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: toSeconds(credentials.expiration),
  }),
  posix: (issued) => toLines(issued, (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`),
  fish: (issued) =>
    toLines(
      issued,
      (name, value) => `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
    ),
  /** PowerShell takes typographic quotes for `'` too, and doubled ones for one of their kind. */
  powershell: (issued) =>
    toLines(issued, (name, value) => `$Env:${name} = '${value.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`),
  /** A section for the shared credentials file, named after the profile or the integration where there is one. */
  ini: (issued) => {
    const lines = toLines(issued, (name, value) => `${name.toLowerCase()} = ${requireIniValue(value)}`);
    const { profile, integration } = issued.intent;
    return `[${profile ?? integration ?? 'daypass-session'}]\n${lines}`;
  },
};

/** As STS names the user in its answer; GetSessionToken and AssumeRoot name none. */
const toUser = ({ assumedRole, federatedUser }: GivenSession): object => ({
  ...(assumedRole === undefined
    ? {}
    : { AssumedRoleUser: { AssumedRoleId: assumedRole.assumedRoleId, Arn: assumedRole.arn } }),
  ...(federatedUser === undefined
    ? {}
    : { FederatedUser: { FederatedUserId: federatedUser.federatedUserId, Arn: federatedUser.arn } }),
});

/**
 * The file knows no quoting: a line end would begin another key (`credential_process` runs programs), and SDKs take
 * what stands after a space and `#` or `;` for a comment. AWS's own values are letters, digits, `/`, `+` and `=`.
 */
function requireIniValue(value: string): string {
  if (/^(?![#;])[\x21-\x7e]+$/.test(value)) return value;
  throw new TypeError(
    'a credentials file cannot hold a value of STS; allowed: printable characters, no spaces',
  );
}

/** RFC 3339 in seconds, as AWS prints it. */
export const toSeconds = (expiration: Date) => expiration.toISOString().replace(/\.\d{3}Z$/, 'Z');

function toLines(
  { answer: { credentials } }: Issued<GivenSession>,
  toLine: (name: string, value: string) => string,
): string {
  const variables = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_CREDENTIAL_EXPIRATION: toSeconds(credentials.expiration),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${toLine(name, value)}\n`)
    .join('');
}
