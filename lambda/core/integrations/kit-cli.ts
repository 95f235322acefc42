import type { KitRole } from './kit-role.ts';
import type { TrustPolicy } from './kit-trust-policy.ts';

/** Commands of the AWS CLI for a POSIX shell: one makes the role, or another gives its policy to one that is there. */
export function toCli(role: KitRole, trustPolicy: TrustPolicy): string {
  const policy = JSON.stringify(trustPolicy);
  return `# A new role:
${toCommand('create-role', {
  'role-name': role.name,
  path: role.path,
  description: role.description,
  'max-session-duration': String(role.maxSessionSeconds),
  'assume-role-policy-document': policy,
})}

# What its sessions may do is yours to say, for example:
# aws iam attach-role-policy --role-name=${quote(role.name)} --policy-arn='<ARN of a policy>'

# Or, where the role is there already:
${toCommand('update-assume-role-policy', { 'role-name': role.name, 'policy-document': policy })}
${toCommand('update-role', { 'role-name': role.name, 'max-session-duration': String(role.maxSessionSeconds) })}
`;
}

/** Joined by `=`: a role's name may begin with a hyphen. */
const toCommand = (operation: string, options: Readonly<Record<string, string>>): string =>
  [
    `aws iam ${operation}`,
    ...Object.entries(options).map(([option, value]) => `  --${option}=${quote(value)}`),
  ].join(' \\\n');

/** POSIX: nothing between single quotes has a meaning, and none can stand there. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
