import type { Credentials as SessionCredentials } from '../../lambda/core/ports.ts';

/** What a broker issued. */
export interface Credentials extends SessionCredentials {
  /** The row of the audit that they came from. */
  readonly issuanceId: string;
}

/** What is asked for. All but the name narrows, or explains. */
export interface CredentialsRequest {
  readonly profile: string;
  /** Whether `profile` is the name of an integration, a third party's role. @default false */
  readonly integration?: boolean;
  /** @default the profile's default */
  readonly durationSeconds?: number;
  readonly reason?: string;
  /** Of the keys that the profile accepts. */
  readonly sessionTags?: Readonly<Record<string, string>>;
  /** An IAM policy document. */
  readonly sessionPolicy?: Readonly<Record<string, unknown>>;
}

/** `undefined` where a member isn't as it has to be. By hand: a schema library takes longer than all of the command. */
export function parseCredentials(value: unknown): Credentials | undefined {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, issuanceId } = Object(value) as Readonly<
    Record<string, unknown>
  >;
  if (![accessKeyId, secretAccessKey, sessionToken, expiration, issuanceId].every(isText)) return undefined;
  const instant = new Date(expiration as string);
  if (Number.isNaN(instant.getTime())) return undefined;
  return {
    accessKeyId: accessKeyId as string,
    secretAccessKey: secretAccessKey as string,
    sessionToken: sessionToken as string,
    expiration: instant,
    issuanceId: issuanceId as string,
  };
}

/** As all that AWS gives: nothing that a terminal or a file of configuration would take for more than a value. */
const isText = (value: unknown) => typeof value === 'string' && /^(?![#;])[\x21-\x7e]+$/.test(value);
