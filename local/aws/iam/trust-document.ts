import {
  compilePolicy,
  describeProblem,
  identityPolicyGrammar,
  PolicyError,
  trustPolicyGrammar,
} from '../../../lambda/core/policy/compile-policy.ts';
import type { Policy, PolicyGrammar, PrincipalPattern } from '../../../lambda/core/policy/policy.ts';
import type { World } from '../../world.ts';
import { AwsError } from '../aws-error.ts';

/** Characters of a trust policy, white space left out. IAM's default; it can be raised to 4096. */
const maximumCharacters = 2048;

/**
 * The document of a trust policy that IAM would take.
 * @throws AwsError MalformedPolicyDocument, or LimitExceeded when it's too long.
 */
export function requireTrustDocument(text: string, world: World): unknown {
  if ([...text.replace(/\s/g, '')].length > maximumCharacters) {
    throw new AwsError('LimitExceeded', 409, `Cannot exceed quota for ACLSizePerRole: ${maximumCharacters}`);
  }
  const document = parseJson(text);
  requireTrust(compile(document, trustPolicyGrammar), world);
  return document;
}

/**
 * The document of an identity policy that IAM would take.
 * @throws AwsError MalformedPolicyDocument
 */
export function requireIdentityDocument(text: string): unknown {
  const document = parseJson(text);
  compile(document, identityPolicyGrammar);
  return document;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
}

function compile(document: unknown, grammar: PolicyGrammar): Policy {
  try {
    return compilePolicy(document, grammar);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw malformed(`Syntax errors in policy. ${error.problems.map(describeProblem).join('; ')}`);
  }
}

function requireTrust({ statements }: Policy, world: World): void {
  const actions = statements.flatMap((statement) => statement.actions?.patterns ?? []);
  if (actions.some((action) => !/^sts:/i.test(action))) {
    throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
  }
  const unknown = statements
    .flatMap(({ principals = [] }) => principals)
    .find((principal) => !exists(principal, world));
  if (unknown !== undefined) throw malformed(`Invalid principal in policy: ${describe(unknown)}`);
}

/** IAM turns users and roles into their unique ids as it stores the policy, so they have to be there. */
function exists(principal: PrincipalPattern, { accounts, allUsers, roles }: World): boolean {
  if (principal.type === 'Account') return accounts.has(principal.accountId);
  if (principal.type !== 'AWS') return true;
  const { arn } = principal;
  const [, , service, , accountId = ''] = arn.split(':');
  if (service === 'iam') return allUsers.has(arn) || roles.has(arn);
  return accounts.has(accountId);
}

const describe = (principal: PrincipalPattern): string =>
  `"AWS":"${principal.type === 'Account' ? principal.accountId : 'arn' in principal ? principal.arn : '*'}"`;

const malformed = (message: string): AwsError => new AwsError('MalformedPolicyDocument', 400, message);
