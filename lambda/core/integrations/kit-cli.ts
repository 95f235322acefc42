import type { KitRole } from './kit-role.ts';
import type { TrustPolicy } from './kit-trust-policy.ts';

/**
 * Commands of the AWS CLI for a POSIX shell: one makes the role, another gives its policy to one that is there. Which of
 * them is meant runs; the other is a comment, because it would take away what a role of theirs trusts beside.
 */
export function toCli(role: KitRole, trustPolicy: TrustPolicy): string {
  const policy = JSON.stringify(trustPolicy);
  const create = toCommand('create-role', {
    'role-name': role.name,
    path: role.path,
    description: role.description,
    'assume-role-policy-document': policy,
  });
  const update = toCommand('update-assume-role-policy', {
    'role-name': role.name,
    'policy-document': policy,
  });
  const attach = `aws iam attach-role-policy --role-name=${quote(role.name)} --policy-arn='<ARN of a policy>'`;
  const where = `# In account ${role.accountId}: aws sts get-caller-identity says which one this is.`;
  return role.isThere
    ? `${where}
# The role is there. This is its whole trust policy from now on: add what else it is to trust.
${update}
`
    : `${where}
# A new role:
${create}

# What its sessions may do is yours to say, for example:
${toComment(attach)}

# Where the role is there already, this is its whole trust policy from then on; add what else it is to trust:
${toComment(update)}
`;
}

const toComment = (command: string): string => command.replaceAll(/^/gm, '# ');

/** Joined by `=`: a role's name may begin with a hyphen. */
const toCommand = (operation: string, options: Readonly<Record<string, string>>): string =>
  [
    `aws iam ${operation}`,
    ...Object.entries(options).map(([option, value]) => `  --${option}=${quote(value)}`),
  ].join(' \\\n');

/** POSIX: nothing between single quotes has a meaning, and none can stand there. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
