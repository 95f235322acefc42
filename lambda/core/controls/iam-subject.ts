/**
 * What can be a subject of an issuer of type `iam`, and nothing that only looks so: it would stop nothing. Sources: IAM guide, "IAM
 * identifiers"; the patterns of names and paths in the API references of IAM and STS.
 */
const forms = [
  /^arn:(?<partition>[\w-]+):iam::(?<account>\d{12}):role\/(?:[!-~]{1,510}\/)?(?<role>[\w+=,.@-]{1,64})$/,
  /^arn:(?<partition>[\w-]+):sts::(?<account>\d{12}):assumed-role\/(?<role>[\w+=,.@-]{1,64})\/[\w+=,.@-]{2,64}$/,
  /^arn:(?<partition>[\w-]+):iam::\d{12}:user\/(?:[!-~]{1,510}\/)?[\w+=,.@-]{1,64}$/,
  /^arn:(?<partition>[\w-]+):sts::\d{12}:federated-user\/[\w+=,.@-]{2,32}$/,
];

/**
 * The subject as `toIamPrincipal` says it: a role without its path and without the session, which STS's ARNs do not tell.
 *
 * @returns `undefined` for what can be none, of this partition at least
 */
export function findIamSubject(subject: string, partition: string): string | undefined {
  const groups = forms.map((form) => form.exec(subject)?.groups).find((found) => found !== undefined);
  if (groups?.['partition'] !== partition) return undefined;
  const { account, role } = groups;
  return role === undefined ? subject : `arn:${partition}:iam::${account}:role/${role}`;
}
