import type { Credentials } from './ports.ts';

/** RFC 3339 in seconds, as AWS prints it. */
export const toSeconds = (expiration: Date) => expiration.toISOString().replace(/\.\d{3}Z$/, 'Z');

/** `Credentials` of an answer of STS, as the AWS CLI prints it. */
export const toStsCredentials = (credentials: Credentials) => ({
  AccessKeyId: credentials.accessKeyId,
  SecretAccessKey: credentials.secretAccessKey,
  SessionToken: credentials.sessionToken,
  Expiration: toSeconds(credentials.expiration),
});

/** What `credential_process` prints (AWS CLI guide, "Sourcing credentials with an external process"). */
export const toProcessDocument = (credentials: Credentials) => ({
  Version: 1,
  ...toStsCredentials(credentials),
});

/** What the SDKs' container provider reads: `Token`, not `SessionToken`. */
export const toContainerDocument = (credentials: Credentials) => ({
  AccessKeyId: credentials.accessKeyId,
  SecretAccessKey: credentials.secretAccessKey,
  Token: credentials.sessionToken,
  Expiration: toSeconds(credentials.expiration),
});

/** The variables in which every AWS SDK looks first. */
export const toVariables = (credentials: Credentials) => ({
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_SESSION_TOKEN: credentials.sessionToken,
  AWS_CREDENTIAL_EXPIRATION: toSeconds(credentials.expiration),
});

/** A line that sets a variable in a shell: whatever the value is, it stays a value. */
export const toAssignment = {
  posix: (name: string, value: string) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  fish: (name: string, value: string) =>
    `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
  /** PowerShell takes typographic quotes for `'` too, and doubled ones for one of their kind. */
  powershell: (name: string, value: string) =>
    `$Env:${name} = '${value.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`,
} as const;

/** Lines for a shell to evaluate. */
export const toShellLines = {
  posix: (credentials: Credentials) => toLines(credentials, toAssignment.posix),
  fish: (credentials: Credentials) => toLines(credentials, toAssignment.fish),
  powershell: (credentials: Credentials) => toLines(credentials, toAssignment.powershell),
} as const;

/** A section for the shared credentials file. @throws TypeError for a value that such a file can't hold */
export function toIniSection(credentials: Credentials, section: string): string {
  const lines = toLines(credentials, (name, value) => `${name.toLowerCase()} = ${requireIniValue(value)}`);
  return `[${section}]\n${lines}`;
}

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

const toLines = (credentials: Credentials, toLine: (name: string, value: string) => string): string =>
  Object.entries(toVariables(credentials))
    .map(([name, value]) => `${toLine(name, value)}\n`)
    .join('');
