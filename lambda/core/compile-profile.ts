import { compileStatements, type Report } from './compile-statements.ts';
import type { AssumeRoleProfile, Deployment } from './configuration.ts';
import { type ProfileDocument, roleArnAllowed } from './configuration-schema.ts';
import { functionNames, toRoleArn } from './function-roles.ts';
import { compilePolicy, identityPolicyGrammar, PolicyError } from './policy/compile-policy.ts';
import type { Policy, Problem } from './policy/policy.ts';
import {
  addressed,
  claimNames,
  findClaim,
  type KnownIssuer,
  templateKeys,
  toProfileTrustGrammar,
} from './profile-grammar.ts';
import { compileSessionPolicy } from './session-policy.ts';
import { stsLimits } from './sts-limits.ts';
import { compileTemplate, type Template, toVariables } from './template.ts';

interface ProfileInput {
  readonly name: string;
  readonly profile: ProfileDocument;
  readonly issuers: ReadonlyMap<string, KnownIssuer>;
  /** `undefined` where its own section is in error. */
  readonly deployment: Deployment | undefined;
  /** The deployment's owner: stands in where the profile names none. */
  readonly owner: string;
  readonly report: Report;
}

/** Compiles one profile and checks what its shape alone cannot say. */
export function compileProfile(input: ProfileInput): AssumeRoleProfile {
  const { name, profile, issuers } = input;
  const report: Report = (problem) => input.report({ ...problem, path: ['profiles', name, ...problem.path] });
  const trust = compileStatements(profile.trust, toProfileTrustGrammar(issuers), ['trust'], report);
  const reportVariables = createVariableCheck(allowedIssuers(trust, issuers), report);

  reportDuration(profile, report);
  reportRole(profile, input.deployment, report);
  reportTagKeys(profile, report);
  const sessionTags = compileSessionTags(profile, reportVariables, report);
  const sessionPolicy = compileProfilePolicy(profile, reportVariables, report);
  reportPolicySize(profile, report);

  const { requestAccessUrl, externalId } = profile;
  return {
    name,
    description: profile.description,
    mechanism: profile.mechanism,
    roleArn: profile.roleArn,
    duration: profile.duration,
    owner: profile.owner ?? input.owner,
    ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
    sessionTags,
    transitiveTagKeys: profile.transitiveTagKeys,
    acceptedTagKeys: profile.acceptedTagKeys,
    ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
    managedPolicyArns: profile.managedPolicyArns,
    ...(externalId === undefined ? {} : { externalId }),
    setSourceIdentity: profile.setSourceIdentity,
    subjectInSessionName: profile.subjectInSessionName,
    reasonRequired: profile.reasonRequired,
    trust,
  };
}

type VariableCheck = (path: Problem['path'], text: string, template: Template) => void;

/** A template may name what the issuers that the profile trusts provide. */
function createVariableCheck(issuers: readonly KnownIssuer[], report: Report): VariableCheck {
  return (path, value, template) => {
    for (const variable of toVariables(template)) {
      const allowed = refuseVariable(variable, issuers);
      if (allowed !== undefined) report({ path, value, allowed });
    }
  };
}

function refuseVariable(variable: string, issuers: readonly KnownIssuer[]): string | undefined {
  if (variable.startsWith('daypass:')) {
    return templateKeys.includes(variable) ? undefined : templateKeys.map((key) => `\${${key}}`).join(', ');
  }
  if (issuers.some(({ claims }) => claims === undefined)) return undefined;
  const mappings = issuers.flatMap(({ claims }) => findClaim(claims, variable) ?? []);
  if (mappings.some(({ type }) => type === 'list')) return 'a claim that is one value, not a list';
  if (mappings.length > 0) return undefined;
  const names = claimNames(issuers).map((claim) => `\${${claim}}`);
  return `a variable that a trusted issuer provides: ${names.join(', ') || 'none has claims configured'}`;
}

/** The issuers that some Allow of the profile speaks of. */
const allowedIssuers = (trust: Policy, issuers: ReadonlyMap<string, KnownIssuer>) => [
  ...new Set(
    trust.statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ principals }) => addressed(issuers, principals ?? [])),
  ),
];

function reportDuration({ duration }: ProfileDocument, report: Report): void {
  if (duration.defaultSeconds <= duration.maxSeconds) return;
  const allowed = `at most the profile's maxSeconds, ${duration.maxSeconds}`;
  report({ path: ['duration', 'defaultSeconds'], value: duration.defaultSeconds, allowed });
}

function reportRole({ roleArn }: ProfileDocument, deployment: Deployment | undefined, report: Report): void {
  if (deployment === undefined) return;
  const [, partition] = roleArn.split(':');
  if (partition !== deployment.partition) {
    report({ path: ['roleArn'], value: roleArn, allowed: `${roleArnAllowed}: ${deployment.partition}` });
  }
  if (functionNames.some((name) => toRoleArn(deployment, name) === roleArn)) {
    report({ path: ['roleArn'], value: roleArn, allowed: "a role that is not one of the broker's own" });
  }
}

function reportTagKeys(
  { sessionTags, transitiveTagKeys, acceptedTagKeys }: ProfileDocument,
  report: Report,
): void {
  const seen = new Set<string>();
  const allowed = 'a key of its own: STS compares tag keys without regard to case';
  const visit = (key: string, path: Problem['path']) => {
    if (seen.has(key.toLowerCase())) report({ path, value: key, allowed });
    seen.add(key.toLowerCase());
  };
  for (const key of Object.keys(sessionTags)) visit(key, ['sessionTags', key]);
  for (const [index, key] of acceptedTagKeys.entries()) visit(key, ['acceptedTagKeys', index]);
  const keys = [...Object.keys(sessionTags), ...acceptedTagKeys];
  if (keys.length > stsLimits.maxTags) {
    report({
      path: ['sessionTags'],
      value: keys.length,
      allowed: `at most ${stsLimits.maxTags} tags, accepted ones included`,
    });
  }
  const transitive = new Set<string>();
  for (const [index, key] of transitiveTagKeys.entries()) {
    const path = ['transitiveTagKeys', index];
    if (!keys.includes(key)) report({ path, value: key, allowed: 'a key of sessionTags or acceptedTagKeys' });
    if (transitive.has(key)) report({ path, value: key, allowed: 'each key once' });
    transitive.add(key);
  }
}

function compileSessionTags(profile: ProfileDocument, reportVariables: VariableCheck, report: Report) {
  return new Map(
    Object.entries(profile.sessionTags).map(([key, text]) => {
      const path = ['sessionTags', key];
      const compiled = compileTemplate(text);
      if ('refused' in compiled) {
        report({ path, value: text, allowed: compiled.refused });
        return [key, []] as const;
      }
      reportVariables(path, text, compiled.template);
      const literals = compiled.template.map((part) => ('literal' in part ? part.literal : '')).join('');
      // Session tags are data to STS: a variable of AWS's would never be resolved there.
      if (!stsLimits.tagValue.pattern.test(literals))
        report({ path, value: text, allowed: stsLimits.tagValue.allowed });
      return [key, compiled.template] as const;
    }),
  );
}

function compileProfilePolicy(
  { sessionPolicy }: ProfileDocument,
  reportVariables: VariableCheck,
  report: Report,
) {
  if (sessionPolicy === undefined) return undefined;
  const reportIn: Report = (problem) => report({ ...problem, path: ['sessionPolicy', ...problem.path] });
  try {
    compilePolicy(sessionPolicy, identityPolicyGrammar);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    error.problems.forEach(reportIn);
  }
  return compileSessionPolicy(sessionPolicy, reportIn, (path, text, template) =>
    reportVariables(['sessionPolicy', ...path], text, template),
  );
}

function reportPolicySize(
  { sessionPolicy, managedPolicyArns, roleArn }: ProfileDocument,
  report: Report,
): void {
  const inline = sessionPolicy === undefined ? 0 : toLiteralLength(JSON.stringify(sessionPolicy));
  const characters = inline + managedPolicyArns.join('').length;
  if (characters > stsLimits.maxPolicyCharacters) {
    const allowed = `at most ${stsLimits.maxPolicyCharacters} characters of session policy and managed policy ARNs together`;
    report({
      path: [sessionPolicy === undefined ? 'managedPolicyArns' : 'sessionPolicy'],
      value: characters,
      allowed,
    });
  }
  const [, partition, , , account] = roleArn.split(':');
  for (const [index, arn] of managedPolicyArns.entries()) {
    const [, policyPartition, , , policyAccount = ''] = arn.split(':');
    if (policyPartition === partition && ['aws', account].includes(policyAccount)) continue;
    const allowed = `a policy of the role's own account ${account} or an AWS managed one, of partition ${partition}`;
    report({ path: ['managedPolicyArns', index], value: arn, allowed });
  }
}

/** Variables count at least one character each: the rendered length is checked with each issuance. */
const toLiteralLength = (json: string) => json.replace(/\$\{(?:claims|daypass):[^}]*\}/g, 'x').length;
