import type { IssuanceIndex } from '../lambda/adapters/issuance-table.ts';
import {
  type AssumeRoleProfile,
  type Configuration,
  type Deployment,
  type Profile,
  usesIntegrations,
} from '../lambda/core/configuration.ts';
import {
  type FunctionName,
  type PerFunction,
  toPerFunction,
  toRoleArn,
  toRoleName,
} from '../lambda/core/function-roles.ts';
import { distinct } from './distinct.ts';
import { toFederatorUserNames } from './federator-policies.ts';
import {
  announcingRuns,
  enteringIntegrations,
  type IntegrationAccess,
  invokingProber,
  invokingVerification,
  managingIntegrations,
  probingIntegrations,
  readingIntegrations,
  requireIntegrationSettings,
} from './integration-permissions.ts';
import { toTableKeyStatements } from './table-key-statements.ts';

/** An IAM statement as JSON. */
export interface IamStatement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource?: readonly string[] | '*';
  readonly NotResource?: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** The role of one function and all that it may do besides writing its logs and traces. */
export interface FunctionRole {
  readonly roleName: string;
  readonly roleArn: string;
  readonly statements: readonly IamStatement[];
}

export interface FunctionRolesOptions {
  readonly configuration: Configuration;
  readonly tableArn: string;
  /** ARN of the customer-managed key of the table. Absent locally, where nothing is encrypted by KMS. */
  readonly keyArn?: string;
  readonly proofTableArn: string;
  /** ARN of the key that signs the broker's own tokens. */
  readonly tokenKeyArn: string;
  /** ARNs of the keys of the broker as an OIDC issuer, the signing one first; none where no profile needs one. */
  readonly webIdentityKeyArns: readonly string[];
  /** ARN of the secret that holds the federator's key; none where no profile needs one. */
  readonly federatorSecretArn?: string;
  /** The table of third parties; none where the configuration has none. */
  readonly integrationTable?: Pick<IntegrationAccess, 'tableArn' | 'keyArn'>;
}

/**
 * The permissions of each function, from the configuration. The stack deploys them, the embedded AWS enforces them
 * on a laptop, and the tests read them: one source, so that a missing permission shows before the deployment.
 */
export function createFunctionRoles(options: FunctionRolesOptions): PerFunction<FunctionRole> {
  const { configuration } = options;
  const { deployment } = configuration;
  return toPerFunction(configuration, (name) => ({
    roleName: toRoleName(deployment, name),
    roleArn: toRoleArn(deployment, name),
    statements: toStatements(name, options),
  }));
}

function toStatements(name: FunctionName, options: FunctionRolesOptions): readonly IamStatement[] {
  switch (name) {
    case 'authorizer':
      return [
        verifyingStatement(options),
        // Third parties' keys.
        ...(usesIntegrations(options.configuration) ? readingIntegrations(toIntegrationAccess(options)) : []),
      ];
    case 'issuer':
      return [
        ...issuingStatements(options.configuration),
        ...writingStatements(options),
        consumingStatement(options),
        ...webIdentityStatements(options),
        ...federatingStatements(options),
      ];
    case 'audit':
      return [
        ...readingStatements(options, ['byPrincipal', 'byAccessKeyId', 'byDay', 'open']),
        ...publicKeyStatements(options),
      ];
    case 'saml':
      return [signingStatement(options), consumingStatement(options)];
    case 'rotation':
      return rotatingStatements(options);
    case 'integrations':
      return [
        ...managingIntegrations(toIntegrationAccess(options)),
        ...readingStatements(options, ['byPrincipal', 'byDay', 'open']),
        ...denyingStatements(options),
        consumingStatement(options),
        invokingVerification(toIntegrationAccess(options)),
        announcingRuns(toIntegrationAccess(options)),
      ];
    case 'integration-issuer':
      return [
        ...enteringIntegrations(toIntegrationAccess(options)),
        ...readingIntegrations(toIntegrationAccess(options)),
        ...writingStatements(options),
        consumingStatement(options),
        invokingProber(toIntegrationAccess(options)),
      ];
    case 'prober':
      return [
        ...probingIntegrations(toIntegrationAccess(options)),
        ...readingIntegrations(toIntegrationAccess(options)),
      ];
  }
}

/** @throws TypeError where the configuration has no third parties, or no table for them is named */
function toIntegrationAccess({ configuration, integrationTable }: FunctionRolesOptions): IntegrationAccess {
  const settings = requireIntegrationSettings(configuration);
  if (integrationTable === undefined) throw new TypeError('the table of integrations has no ARN');
  return { ...integrationTable, settings, deployment: configuration.deployment };
}

/** What the function's own role asks for a profile: of a chain the first role alone, which asks for the others. */
interface FirstHop {
  readonly roleArn: string;
  readonly externalId?: string;
  readonly setSourceIdentity: boolean;
  readonly setsTags: boolean;
}

/** None of a profile whose roles trust tokens, or whose sessions are the federator's: this function's role needs nothing there. */
function toFirstHop(profile: Profile): readonly FirstHop[] {
  if (profile.mechanism !== 'assume-role' && profile.mechanism !== 'assume-root') return [];
  const { via, setSourceIdentity, transitiveTagKeys } = profile;
  const [first] = via;
  if (first !== undefined) {
    return [{ roleArn: first, setSourceIdentity, setsTags: transitiveTagKeys.length > 0 }];
  }
  if (profile.mechanism === 'assume-root') return [];
  const { roleArn, externalId } = profile;
  const hop = { roleArn, setSourceIdentity, setsTags: setsTags(profile) };
  return [externalId === undefined ? hop : { ...hop, externalId }];
}

function issuingStatements({ profiles, deployment, authorizationMessages }: Configuration): IamStatement[] {
  const all = [...profiles.values()].flatMap(toFirstHop);
  const roleArns = distinct(all.map(({ roleArn }) => roleArn));
  const withSourceIdentity = all.filter(({ setSourceIdentity }) => setSourceIdentity);
  const withoutSourceIdentity = new Set(
    all.filter((hop) => !hop.setSourceIdentity).map(({ roleArn }) => roleArn),
  );
  const alwaysNamed = distinct(withSourceIdentity.map(({ roleArn }) => roleArn)).filter(
    (roleArn) => !withoutSourceIdentity.has(roleArn),
  );
  const tagged = distinct(all.filter((hop) => hop.setsTags).map(({ roleArn }) => roleArn));
  return [
    ...assumeRoleAllows(all),
    ...whereAny(
      withSourceIdentity.map(({ roleArn }) => roleArn),
      (Resource) => ({
        Sid: 'SetSourceIdentity',
        Effect: 'Allow',
        Action: ['sts:SetSourceIdentity'],
        Resource,
      }),
    ),
    ...whereAny(tagged, (Resource) => ({
      Sid: 'TagSession',
      Effect: 'Allow',
      Action: ['sts:TagSession'],
      Resource,
    })),
    ...(authorizationMessages === undefined ? [] : [decodingStatement]),
    denyOwnRolesExcept(roleArns, deployment),
    ...whereAny(alwaysNamed, (Resource) => ({
      Sid: 'DenyWithoutSourceIdentity',
      Effect: 'Deny',
      Action: ['sts:AssumeRole'],
      Resource,
      Condition: { Null: { 'sts:SourceIdentity': 'true' } },
    })),
    {
      Sid: 'DenyOtherRegions',
      Effect: 'Deny',
      Action: ['sts:AssumeRole', ...(authorizationMessages === undefined ? [] : decodingStatement.Action)],
      // Every role: a Deny that should hold whatever is named elsewhere.
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': [deployment.region] } },
    },
  ];
}

/** Source: Service Authorization Reference, AWS STS: the action has no resource type, so that `*` alone names it. */
const decodingStatement: IamStatement = {
  Sid: 'DecodeAuthorizationMessages',
  Effect: 'Allow',
  Action: ['sts:DecodeAuthorizationMessage'],
  Resource: '*',
};

/**
 * In one account a trust policy that names this role suffices by itself, whatever the Allows say; only an explicit
 * Deny binds there. Where no profile names a role of that account, the Deny is short, and the number of profiles is
 * not bounded by a list that IAM has no way to divide.
 */
function denyOwnRolesExcept(roleArns: readonly string[], { partition, accountId }: Deployment): IamStatement {
  const ownRoles = `arn:${partition}:iam::${accountId}:role/`;
  const deny = { Sid: 'DenyRolesThatNoProfileNames', Effect: 'Deny', Action: ['sts:AssumeRole'] } as const;
  return roleArns.some((roleArn) => roleArn.startsWith(ownRoles))
    ? { ...deny, NotResource: roleArns }
    : { ...deny, Resource: [`${ownRoles}*`] };
}

/** One statement for the roles without ExternalId, one for each ExternalId: a role may be asked for with its own only. */
function assumeRoleAllows(hops: readonly FirstHop[]): IamStatement[] {
  const byExternalId = new Map<string | undefined, string[]>();
  for (const { externalId, roleArn } of hops) {
    byExternalId.set(externalId, [...(byExternalId.get(externalId) ?? []), roleArn]);
  }
  return [...byExternalId].map(([externalId, roleArns], index) => ({
    Sid: externalId === undefined ? 'AssumeRole' : `AssumeRoleWithExternalId${index}`,
    Effect: 'Allow',
    Action: ['sts:AssumeRole'],
    Resource: distinct(roleArns),
    ...(externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
  }));
}

const setsTags = ({ sessionTags, acceptedTagKeys }: AssumeRoleProfile) =>
  sessionTags.size > 0 || acceptedTagKeys.length > 0;

function writingStatements(options: FunctionRolesOptions): IamStatement[] {
  return [
    {
      Sid: 'WriteIssuances',
      Effect: 'Allow',
      // GetItem reads back an intent or an outcome whose answer was lost. No DeleteItem, no Query, no Scan.
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      Resource: [options.tableArn],
    },
    ...keyStatements(options, 'write'),
  ];
}

/**
 * Rows of what was refused: no outcome is set here. That a row replaces none is the condition of each write, which IAM
 * has no key for. What reads the table uses its key too.
 */
const denyingStatements = (options: FunctionRolesOptions): readonly IamStatement[] => [
  {
    Sid: 'RecordDenials',
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    Resource: [options.tableArn],
  },
  ...keyStatements(options, 'write').map((statement) => ({ ...statement, Sid: 'WriteTableKey' })),
];

/**
 * GetItem reads back a proof whose write lost its answer. No DeleteItem, which would make a used proof good again; that a
 * PutItem takes none a second time is its condition, which IAM has no key for.
 */
const consumingStatement = ({ proofTableArn }: FunctionRolesOptions): IamStatement => ({
  Sid: 'ConsumeProofs',
  Effect: 'Allow',
  Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  Resource: [proofTableArn],
});

const signingStatement = ({ tokenKeyArn }: FunctionRolesOptions): IamStatement => ({
  Sid: 'SignTokens',
  ...signing,
  Resource: [tokenKeyArn],
});

const signing = {
  Effect: 'Allow',
  Action: ['kms:Sign'],
  // As the key's policy has it: neither alone shows what the other would let through.
  Condition: {
    StringEquals: { 'kms:SigningAlgorithm': 'RSASSA_PKCS1_V1_5_SHA_256', 'kms:MessageType': 'DIGEST' },
  },
} as const;

/** Every key: while a deployment changes the first, functions of before and after it run side by side. */
const webIdentityStatements = ({ webIdentityKeyArns }: FunctionRolesOptions): IamStatement[] =>
  webIdentityKeyArns.length === 0
    ? []
    : [{ Sid: 'SignWebIdentities', ...signing, Resource: webIdentityKeyArns }];

const publicKeyStatements = ({ webIdentityKeyArns }: FunctionRolesOptions): IamStatement[] =>
  webIdentityKeyArns.length === 0
    ? []
    : [
        {
          Sid: 'ReadWebIdentityKeys',
          Effect: 'Allow',
          Action: ['kms:GetPublicKey'],
          Resource: webIdentityKeyArns,
        },
      ];

/** The key itself calls STS: of this function's role that needs nothing. */
const federatingStatements = ({ federatorSecretArn }: FunctionRolesOptions): IamStatement[] =>
  federatorSecretArn === undefined
    ? []
    : [
        {
          Sid: 'ReadFederatorKey',
          Effect: 'Allow',
          Action: ['secretsmanager:GetSecretValue'],
          Resource: [federatorSecretArn],
        },
      ];

/** Of the one user and the one secret. No user is made here, none is given a policy, and no other secret is seen. */
function rotatingStatements({ configuration, federatorSecretArn }: FunctionRolesOptions): IamStatement[] {
  if (federatorSecretArn === undefined) return [];
  return [
    {
      Sid: 'ReplaceKeys',
      Effect: 'Allow',
      Action: ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:ListAccessKeys', 'iam:UpdateAccessKey'],
      Resource: [toFederatorUserNames(configuration.deployment).arn],
    },
    {
      Sid: 'ReplaceSecret',
      Effect: 'Allow',
      Action: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      Resource: [federatorSecretArn],
    },
  ];
}

const verifyingStatement = ({ tokenKeyArn }: FunctionRolesOptions): IamStatement => ({
  Sid: 'ReadTokenKey',
  Effect: 'Allow',
  Action: ['kms:GetPublicKey'],
  Resource: [tokenKeyArn],
});

function readingStatements(
  options: FunctionRolesOptions,
  readable: readonly IssuanceIndex[],
): IamStatement[] {
  return [
    { Sid: 'ReadIssuances', Effect: 'Allow', Action: ['dynamodb:GetItem'], Resource: [options.tableArn] },
    {
      Sid: 'QueryIssuances',
      Effect: 'Allow',
      Action: ['dynamodb:Query'],
      Resource: readable.map((name) => `${options.tableArn}/index/${name}`),
    },
    ...keyStatements(options, 'read'),
  ];
}

const keyStatements = ({ keyArn, configuration }: FunctionRolesOptions, access: 'read' | 'write') =>
  toTableKeyStatements('UseTableKey', { keyArn, region: configuration.deployment.region, access });

function whereAny(
  roleArns: readonly string[],
  toStatement: (roleArns: readonly string[]) => IamStatement,
): readonly IamStatement[] {
  return roleArns.length === 0 ? [] : [toStatement(distinct(roleArns))];
}
