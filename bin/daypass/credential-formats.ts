import {
  toIniSection,
  toProcessDocument,
  toShellLines,
  toStsCredentials,
} from '../../lambda/core/credential-texts.ts';
import type { Credentials } from '../../lib/client/credentials.ts';

const toJsonLines = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

/** By the names of `--format`. @param section what a credentials file calls them */
export const credentialFormats = {
  process: (credentials: Credentials) => toJsonLines(toProcessDocument(credentials)),
  env: toShellLines.posix,
  fish: toShellLines.fish,
  powershell: toShellLines.powershell,
  json: (credentials: Credentials) =>
    toJsonLines({ IssuanceId: credentials.issuanceId, Credentials: toStsCredentials(credentials) }),
  ini: toIniSection,
} as const satisfies Readonly<Record<string, (credentials: Credentials, section: string) => string>>;

export type CredentialFormat = keyof typeof credentialFormats;
