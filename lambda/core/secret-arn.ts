export interface SecretArn {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/**
 * Where a secret is.
 *
 * @throws TypeError when it is not a secret's whole ARN
 */
export function parseSecretArn(arn: string): SecretArn {
  const [, partition, region, accountId] =
    /^arn:([\w-]+):secretsmanager:([\w-]+):(\d{12}):secret:[\w/+=.@!-]+-\w{6}$/.exec(arn) ?? [];
  if (partition === undefined || region === undefined || accountId === undefined) {
    throw new TypeError(
      `${arn} is not the ARN of a secret; allowed: arn:…:secretsmanager:<region>:<account>:secret:<name>-<six characters>`,
    );
  }
  return { partition, region, accountId };
}
