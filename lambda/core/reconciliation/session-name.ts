/** What a session's name says of its issuance. */
export interface IssuanceName {
  readonly issuanceId: string;
  /** The intent's digest, or its beginning. Absent in the names of the prober's sessions. */
  readonly digest?: string;
}

const ulid = '[0-7][0-9A-HJKMNP-TV-Z]{25}';

/** `toRoleSessionName`, whatever stands before. The digest may hold hyphens, so that it is told by its length. */
const ofRoles = new RegExp(`(?:^|-)(${ulid})-([\\w-]{16})$`);

/** `toFederatedUserName`: the whole of it, in the 32 characters that there are. */
const ofFederatedUsers = new RegExp(`^(${ulid})-([\\w-]{5})$`);

/** `toProberSessionName`. */
const ofProber = new RegExp(`^daypass-probe-[a-z-]{1,20}-(${ulid})$`);

/** `undefined` for a name that Daypass gives nobody. */
export function parseSessionName(name: string): IssuanceName | undefined {
  for (const form of [ofRoles, ofFederatedUsers, ofProber]) {
    const [, issuanceId, digest] = form.exec(name) ?? [];
    if (issuanceId !== undefined) return { issuanceId, ...(digest === undefined ? {} : { digest }) };
  }
  return undefined;
}

/** Of the session in `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
export function parseSessionArn(
  arn: string,
): { readonly accountId: string; readonly roleName: string; readonly sessionName: string } | undefined {
  const [, accountId, roleName, sessionName] =
    /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
  if (accountId === undefined || roleName === undefined || sessionName === undefined) return undefined;
  return { accountId, roleName, sessionName };
}

/** Account of an ARN; `undefined` for what is none. */
export function toArnAccount(arn: string): string | undefined {
  return /^arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):/.exec(arn)?.[1];
}
