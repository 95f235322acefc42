import type { IssuanceIndex } from '../lambda/adapters/issuance-table.ts';
import { appliesRevocations, type Configuration, usesIntegrations } from '../lambda/core/configuration.ts';
import {
  type FunctionName,
  type PerFunction,
  toPerFunction,
  toRoleArn,
  toRoleName,
  toRolePath,
} from '../lambda/core/function-roles.ts';
import {
  admittingStatements,
  type ControlAccess,
  controllingStatements,
  invokingRevoker,
  revokingStatements,
} from './control-permissions.ts';
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
import { issuingStatements } from './issuing-permissions.ts';
import { type PublishedStream, publishingStatements } from './publishing-permissions.ts';
import {
  type ReconciliationAccess,
  readingFindings,
  reconcilingStatements,
} from './reconciliation-permissions.ts';
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
  readonly rolePath: string;
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
  /** The tables, the trail and the queue of the function that reconciles. @default none: no function may use them */
  readonly reconciliation?: ReconciliationAccess;
  /** The tables of what is suspended and of who asked how often. @default no function may use them, and nothing is issued */
  readonly controls?: ControlAccess;
  /** The table of third parties; none where the configuration has none. */
  readonly integrationTable?: Pick<IntegrationAccess, 'tableArn' | 'keyArn'>;
  /** Streams of the tables whose changes are told. @default none, as locally, where changes are handed over without a stream */
  readonly streams?: readonly PublishedStream[];
  /** ARN of the queue of stream records that could not be told. @default none, as locally */
  readonly publishingDeadLettersArn?: string;
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
    rolePath: toRolePath(deployment),
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
        ...toAdmitting(options),
        ...webIdentityStatements(options),
        ...federatingStatements(options),
      ];
    case 'audit':
      return [
        ...readingStatements(options, ['byPrincipal', 'byAccessKeyId', 'byDay', 'open']),
        ...(options.reconciliation === undefined
          ? []
          : readingFindings(options.reconciliation, options.configuration.deployment)),
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
        ...toAdmitting(options),
        invokingVerification(toIntegrationAccess(options)),
        announcingRuns(toIntegrationAccess(options)),
      ];
    case 'integration-issuer':
      return [
        ...enteringIntegrations(toIntegrationAccess(options)),
        ...readingIntegrations(toIntegrationAccess(options)),
        ...writingStatements(options),
        consumingStatement(options),
        ...toAdmitting(options),
        invokingProber(toIntegrationAccess(options)),
      ];
    case 'controls':
      return [
        ...toAdmitting(options),
        ...(options.controls === undefined
          ? []
          : controllingStatements(options.controls, options.configuration.deployment)),
        ...readingStatements(options, ['byPrincipal', 'open']),
        ...denyingStatements(options),
        ...(appliesRevocations(options.configuration)
          ? [invokingRevoker(options.configuration.deployment)]
          : []),
      ];
    case 'revoker':
      return revokingStatements(options.configuration.deployment);
    case 'reconciler':
      return [
        ...(options.reconciliation === undefined
          ? []
          : reconcilingStatements(options.reconciliation, {
              ...options.configuration,
              tableArn: options.tableArn,
            })),
        ...keyStatements(options, 'write'),
      ];
    case 'publisher':
      return publishingStatements(options);
    case 'prober':
      return [
        ...probingIntegrations(toIntegrationAccess(options)),
        ...readingIntegrations(toIntegrationAccess(options)),
      ];
  }
}

const toAdmitting = ({ controls, configuration }: FunctionRolesOptions): readonly IamStatement[] =>
  controls === undefined ? [] : admittingStatements(controls, configuration.deployment);

/** @throws TypeError where the configuration has no third parties, or no table for them is named */
function toIntegrationAccess({ configuration, integrationTable }: FunctionRolesOptions): IntegrationAccess {
  const settings = requireIntegrationSettings(configuration);
  if (integrationTable === undefined) throw new TypeError('the table of integrations has no ARN');
  return { ...integrationTable, settings, deployment: configuration.deployment };
}

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
