/** What a preset sets of an `oidc` issuer, in the words of the configuration. */
export interface OidcPreset {
  /** Where every token of the kind has the same issuer. */
  readonly issuer?: string;
  readonly algorithms: readonly string[];
  readonly subjectClaim?: string;
  readonly audienceClaim?: string;
  readonly requiredClaims?: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, { readonly claim: string; readonly type: string }>>;
}

const string = (claim: string) => ({ claim, type: 'string' });
const list = (claim: string) => ({ claim, type: 'list' });

export const oidcPresetNames = [
  'github-actions',
  'gitlab',
  'kubernetes',
  'cognito',
  'entra',
  'google',
  'aws',
] as const;

export type OidcPresetName = (typeof oidcPresetNames)[number];

/** Issuer, algorithms and claim names of well-known issuers, each by the issuer's own documentation. */
export const oidcPresets: Readonly<Record<OidcPresetName, OidcPreset>> = {
  'github-actions': {
    issuer: 'https://token.actions.githubusercontent.com',
    algorithms: ['RS256'],
    claims: {
      owner: string('/repository_owner_id'),
      ownerName: string('/repository_owner'),
      repository: string('/repository'),
      repositoryId: string('/repository_id'),
      ref: string('/ref'),
      environment: string('/environment'),
      jobWorkflowRef: string('/job_workflow_ref'),
      eventName: string('/event_name'),
      actor: string('/actor'),
    },
  },
  gitlab: { issuer: 'https://gitlab.com', algorithms: ['RS256'], claims: {} },
  kubernetes: {
    algorithms: ['RS256'],
    claims: {
      namespace: string('/kubernetes.io/namespace'),
      serviceAccount: string('/kubernetes.io/serviceaccount/name'),
    },
  },
  cognito: {
    algorithms: ['RS256'],
    audienceClaim: '/client_id',
    requiredClaims: { '/token_use': 'access' },
    claims: { groups: list('/cognito:groups'), username: string('/username') },
  },
  entra: { algorithms: ['RS256'], subjectClaim: '/oid', claims: {} },
  google: { issuer: 'https://accounts.google.com', algorithms: ['RS256'], claims: {} },
  aws: { algorithms: ['RS256', 'ES384'], claims: {} },
};

/** The document with what presets set written out; what is written beside a preset stands. */
export function applyPresets(document: unknown): unknown {
  const root = asObject(document);
  const issuers = asObject(root?.['issuers']);
  if (root === undefined || issuers === undefined) return document;
  const applied = Object.entries(issuers).map(([name, issuer]) => [name, applyPreset(issuer)]);
  return { ...root, issuers: Object.fromEntries(applied) };
}

function applyPreset(raw: unknown): unknown {
  const issuer = asObject(raw);
  const name = issuer?.['preset'];
  const preset = oidcPresetNames.find((one) => one === name);
  if (issuer === undefined || preset === undefined || issuer['type'] !== 'oidc') return raw;
  const claims = asObject(issuer['claims'] ?? {});
  const settings = oidcPresets[preset];
  return {
    ...settings,
    ...issuer,
    ...(claims === undefined ? {} : { claims: { ...settings.claims, ...claims } }),
  };
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
