import { checkCallersProof } from './check-callers-proof.ts';
import { checkProfile } from './check-profile.ts';
import { compileStatements, type Report } from './compile-statements.ts';
import type { Configuration, Deployment, Profile } from './configuration.ts';
import { toKeyPath } from './configuration-error.ts';
import { compilePolicy, identityPolicyGrammar, PolicyError } from './policy/compile-policy.ts';
import type { Policy, Problem } from './policy/policy.ts';
import {
  addressed,
  findClaim,
  isSelfAsserted,
  type KnownIssuer,
  scalarClaimNames,
  selfAssertedAllowed,
  templateKeys,
  toProfileTrustGrammar,
} from './profile-grammar.ts';
import type { ProfileDocument, ProfileSettings } from './profile-schemas.ts';
import { compileSessionPolicy } from './session-policy.ts';
import { stsLimits } from './sts-limits.ts';
import { compileTemplate, type Template, toVariables } from './template.ts';

interface ProfileInput {
  readonly settings: ProfileSettings;
  readonly issuers: ReadonlyMap<string, KnownIssuer>;
  /** `undefined` where its own section is in error. */
  readonly deployment: Deployment | undefined;
  /** Hears of key paths within the profile. */
  readonly report: Report;
}

/** What a profile's statements and templates compile to; without what is in error. */
export type ProfileParts = Pick<Profile, 'sessionTags' | 'sessionPolicy'> & {
  readonly trust?: Policy;
};

/** Compiles the parts of a profile, and checks what its shape alone cannot say. */
export function compileProfileParts({ settings, issuers, deployment, report }: ProfileInput): ProfileParts {
  const trust =
    settings.trust && compileStatements(settings.trust, toProfileTrustGrammar(issuers), ['trust'], report);
  const reportVariables = createVariableCheck(trust && allowedIssuers(trust, issuers), report);

  checkProfile(settings, deployment, report);
  checkCallersProof(settings, { trust, issuers }, report);
  const sessionTags = compileSessionTags(settings, reportVariables, report);
  const sessionPolicy = compileProfilePolicy(settings, reportVariables, report);
  return {
    sessionTags,
    ...(trust === undefined ? {} : { trust }),
    ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
  };
}

/** The profile of a document whose shape is right. `contact` is the deployment's: it stands in where the profile names none. */
export function toProfile(
  name: string,
  profile: ProfileDocument,
  { trust = { statements: [] }, ...parts }: ProfileParts,
  contact: Pick<Configuration, 'owner' | 'requestAccessUrl'>,
): Profile {
  const { requestAccessUrl = contact.requestAccessUrl } = profile;
  // What a mechanism has no setting for, its profiles do not have.
  const common = {
    name,
    description: profile.description,
    duration: profile.duration,
    owner: profile.owner ?? contact.owner,
    ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
    transitiveTagKeys: profile.transitiveTagKeys ?? [],
    acceptedTagKeys: profile.acceptedTagKeys ?? [],
    acceptsSessionPolicy: profile.acceptsSessionPolicy ?? false,
    managedPolicyArns: profile.managedPolicyArns ?? [],
    setSourceIdentity: profile.setSourceIdentity ?? false,
    subjectInSessionName: profile.subjectInSessionName ?? false,
    reasonRequired: profile.reasonRequired,
    console: profile.console ?? false,
    mfaEnforcedFor: [],
    ...parts,
    trust,
  };
  switch (profile.mechanism) {
    case 'assume-role': {
      const { mechanism, roleArn, via, externalId, webIdentityToken } = profile;
      return {
        ...{ ...common, mechanism, roleArn, via },
        ...(externalId === undefined ? {} : { externalId }),
        ...(webIdentityToken === undefined ? {} : { webIdentityToken }),
      };
    }
    case 'web-identity': {
      const { mechanism, roleArn, passthrough, setSourceIdentity = !passthrough } = profile;
      return { ...common, mechanism, roleArn, passthrough, setSourceIdentity };
    }
    case 'federation-token':
      return { ...common, mechanism: profile.mechanism };
    case 'saml': {
      const { mechanism, roleArn, principalArn } = profile;
      return { ...common, mechanism, roleArn, principalArn };
    }
    case 'assume-root': {
      const { mechanism, via, targetPrincipal, taskPolicyArn } = profile;
      return { ...common, mechanism, via, targetPrincipal, taskPolicyArn };
    }
  }
}

type VariableCheck = (path: Problem['path'], text: string, template: Template) => void;

/** A template may name what the issuers that the profile trusts provide; `undefined` where its trust is in error. */
function createVariableCheck(issuers: readonly KnownIssuer[] | undefined, report: Report): VariableCheck {
  return (path, value, template) => {
    for (const variable of toVariables(template)) {
      const allowed = refuseVariable(variable, issuers);
      if (allowed !== undefined) report({ path, value, allowed });
    }
  };
}

function refuseVariable(variable: string, issuers: readonly KnownIssuer[] | undefined): string | undefined {
  if (variable.startsWith('daypass:')) {
    return templateKeys.includes(variable) ? undefined : templateKeys.map((key) => `\${${key}}`).join(', ');
  }
  if (issuers !== undefined && isSelfAsserted(variable, issuers)) return selfAssertedAllowed;
  if (issuers === undefined || issuers.some(({ claims }) => claims === undefined)) return undefined;
  const mappings = issuers.flatMap(({ claims }) => findClaim(claims, variable) ?? []);
  if (mappings.some(({ type }) => type === 'list')) return 'a claim that is one value, not a list';
  if (mappings.length > 0) return undefined;
  const names = scalarClaimNames(issuers).map((claim) => `\${${claim}}`);
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

const tagTemplateAllowed = `${stsLimits.tagValue.allowed}, and \${claims:<name>} and \${daypass:<key>} among them`;

function compileSessionTags(
  { sessionTags = {} }: ProfileSettings,
  reportVariables: VariableCheck,
  report: Report,
) {
  return new Map(
    Object.entries(sessionTags).map(([key, text]) => {
      const path = ['sessionTags', key];
      const compiled = compileTemplate(text);
      if ('refused' in compiled) {
        report({ path, value: text, allowed: tagTemplateAllowed });
        return [key, []] as const;
      }
      reportVariables(path, text, compiled.template);
      const literals = compiled.template.map((part) => ('literal' in part ? part.literal : '')).join('');
      // Session tags are data to STS: a variable of AWS's would never be resolved there.
      if (!stsLimits.tagValue.pattern.test(literals))
        report({ path, value: text, allowed: tagTemplateAllowed });
      return [key, compiled.template] as const;
    }),
  );
}

function compileProfilePolicy(
  { sessionPolicy }: ProfileSettings,
  reportVariables: VariableCheck,
  report: Report,
) {
  if (sessionPolicy === undefined) return undefined;
  const templateProblems: Problem[] = [];
  const template = compileSessionPolicy(
    sessionPolicy,
    (problem) => templateProblems.push(problem),
    (path, text, parts) => reportVariables(['sessionPolicy', ...path], text, parts),
  );
  const policyProblems = problemsOfPolicy(sessionPolicy).filter(
    // A string that is no template is no policy's either: once is enough.
    ({ path }) => !templateProblems.some((problem) => toKeyPath(problem.path) === toKeyPath(path)),
  );
  for (const problem of [...templateProblems, ...policyProblems])
    report({ ...problem, path: ['sessionPolicy', ...problem.path] });
  return template;
}

function problemsOfPolicy(document: unknown): readonly Problem[] {
  try {
    compilePolicy(document, identityPolicyGrammar);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems;
  }
}
