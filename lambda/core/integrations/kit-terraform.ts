import type { KitRole } from './kit-role.ts';
import type { TrustPolicy } from './kit-trust-policy.ts';

/**
 * The role in HCL. JSON is an object of HCL's as it stands, but for `${` and `%{`, which begin templates there.
 * Source: HCL native syntax specification, "Collection Values" and "Templates".
 */
export const toTerraform = (
  role: KitRole,
  trustPolicy: TrustPolicy,
): string => `# In account ${role.accountId}.
resource "aws_iam_role" "daypass" {
  name        = ${toHclText(role.name)}
  path        = ${toHclText(role.path)}
  description = ${toHclText(role.description)}

  assume_role_policy = jsonencode(${toHcl(trustPolicy)})
}

# What the sessions may do is yours to say, for example:
# resource "aws_iam_role_policy_attachment" "daypass" {
#   role       = aws_iam_role.daypass.name
#   policy_arn = "<ARN of a policy>"
# }
`;

/** With a space before each colon, as `terraform fmt` leaves it. */
const toHcl = (value: unknown): string =>
  escapeTemplates(
    JSON.stringify(value, undefined, 2).replace(/^( *"(?:[^"\\]|\\.)*"):/gm, '$1 :'),
  ).replaceAll('\n', '\n  ');

const toHclText = (text: string): string => escapeTemplates(JSON.stringify(text));

/** Doubled as HCL's specification has it; behind a further sign, where doubling can be read in two ways, by number. */
const escapeTemplates = (text: string): string =>
  text.replace(/([$%]+)\{/g, (_found, signs: string) =>
    signs.length === 1 ? `${signs}${signs}{` : `${[...signs].map(toEscape).join('')}{`,
  );

const toEscape = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
