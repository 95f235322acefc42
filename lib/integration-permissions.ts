import { integrationTable } from '../lambda/adapters/integration-table.ts';
import type { Configuration, Deployment, IntegrationSettings } from '../lambda/core/configuration.ts';
import {
  toFunctionArn,
  toRoleArn,
  toRoleName,
  toRolePath,
  verifyAlias,
} from '../lambda/core/function-roles.ts';
import type { IamStatement } from './permissions.ts';
import { toTableKeyStatements } from './table-key-statements.ts';

/** What the permissions of third parties' functions are made from. */
export interface IntegrationAccess {
  readonly deployment: Deployment;
  readonly settings: IntegrationSettings;
  readonly tableArn: string;
  /** ARN of the customer-managed key of the table. Absent locally. */
  readonly keyArn?: string;
}

/** The role that no function has: the prober takes it. */
export interface StrangerRole {
  readonly roleName: string;
  readonly rolePath: string;
  readonly roleArn: string;
  /** Its trust policy as JSON. */
  readonly trust: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly Readonly<Record<string, unknown>>[];
  };
  readonly statements: readonly IamStatement[];
}

/** The versions of integrations, by name; no index, no write. */
export const readingIntegrations = ({
  tableArn,
  keyArn,
  deployment,
}: IntegrationAccess): readonly IamStatement[] => [
  { Sid: 'ReadIntegrations', Effect: 'Allow', Action: ['dynamodb:Query'], Resource: [tableArn] },
  ...toTableKeyStatements('ReadIntegrationTableKey', { keyArn, region: deployment.region, access: 'read' }),
];

/**
 * Versions and ExternalIds are added, and IAM lets none be deleted. That a PutItem replaces none is the condition of each
 * write, which IAM has no key for.
 */
export const managingIntegrations = ({
  tableArn,
  keyArn,
  deployment,
}: IntegrationAccess): readonly IamStatement[] => [
  {
    Sid: 'ManageIntegrations',
    Effect: 'Allow',
    // GetItem reads back an item whose write lost its answer.
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
    Resource: [tableArn],
  },
  {
    Sid: 'ListIntegrations',
    Effect: 'Allow',
    Action: ['dynamodb:Query'],
    Resource: Object.keys(integrationTable.indexes).map((name) => `${tableArn}/index/${name}`),
  },
  ...toTableKeyStatements('UseIntegrationTableKey', { keyArn, region: deployment.region, access: 'write' }),
];

/** By the alias alone: without it the function takes events that say in whose name it issues. */
export const invokingVerification = ({ deployment }: IntegrationAccess): IamStatement =>
  invoking(`${toFunctionArn(deployment, 'integration-issuer')}:${verifyAlias}`);

/** By its ARN without a version or alias: it has none, and takes one kind of event. */
export const invokingProber = ({ deployment }: IntegrationAccess): IamStatement =>
  invoking(toFunctionArn(deployment, 'prober'));

/**
 * Lambda says with the function's own role what became of a run. Without a condition on `events:source`: Lambda tries
 * the permission when the destination is set, and whether it does so with that key is not documented.
 */
export const announcingRuns = ({ deployment }: IntegrationAccess): IamStatement => {
  const { partition, region, accountId } = deployment;
  return {
    Sid: 'AnnounceRuns',
    Effect: 'Allow',
    Action: ['events:PutEvents'],
    Resource: [`arn:${partition}:events:${region}:${accountId}:event-bus/default`],
  };
};

const invoking = (functionArn: string): IamStatement => ({
  Sid: 'InvokeFunction',
  Effect: 'Allow',
  Action: ['lambda:InvokeFunction'],
  Resource: [functionArn],
});

/** What the function that issues for third parties asks STS for. */
export const enteringIntegrations = (access: IntegrationAccess): readonly IamStatement[] => [
  allowPartnersRoles(access),
  ...denyTurningInwards(access),
];

/**
 * What the prober asks STS for. With an ExternalId too: a role's refusal of it proves something only where the role would
 * let it in, and that has to be seen. Its function asks for nothing but deny-all sessions, and drops them.
 */
export function probingIntegrations(access: IntegrationAccess): readonly IamStatement[] {
  const { deployment, settings } = access;
  const strangerArn = toRoleArn(deployment, 'stranger');
  const denyAllButStranger = {
    Effect: 'Deny',
    Action: ['sts:AssumeRole'],
    NotResource: [strangerArn],
  } as const;
  return [
    allowPartnersRoles(access),
    {
      Sid: 'DenyOwnAccounts',
      ...denyAllButStranger,
      // A pattern of ARNs has no exceptions, so the account is compared here. Where AWS would not say whose the role is,
      // it counts as ours.
      Condition: { StringEqualsIfExists: { 'aws:ResourceAccount': toOwnAccounts(access) } },
    },
    ...toOrganization(settings).map((Condition) => ({
      Sid: 'DenyOwnOrganization',
      ...denyAllButStranger,
      Condition,
    })),
    denyOtherRegions(deployment),
  ];
}

/** Trusts the prober alone, and may ask for partners' roles with an ExternalId, which none of them should give it. */
export function createStrangerRole(access: Omit<IntegrationAccess, 'tableArn' | 'keyArn'>): StrangerRole {
  const { deployment } = access;
  const { partition, accountId } = deployment;
  return {
    roleName: toRoleName(deployment, 'stranger'),
    rolePath: toRolePath(deployment),
    roleArn: toRoleArn(deployment, 'stranger'),
    trust: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Prober',
          Effect: 'Allow',
          // The account and a condition: IAM turns a role's ARN in its place into an id that a role made anew no longer has.
          Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
          Action: 'sts:AssumeRole',
          Condition: { ArnEquals: { 'aws:PrincipalArn': toRoleArn(deployment, 'prober') } },
        },
      ],
    },
    statements: [allowPartnersRoles(access), ...denyTurningInwards(access)],
  };
}

/** @throws TypeError where the configuration has no third parties */
export function requireIntegrationSettings({
  integrations,
}: Pick<Configuration, 'integrations'>): IntegrationSettings {
  if (integrations === undefined) throw new TypeError('the configuration has no section integrations');
  return integrations;
}

/** Of the one Allow that holds a wildcard. */
export const partnersRolesSid = 'EnterPartnersRoles';

type Place = Pick<IntegrationAccess, 'deployment' | 'settings'>;

/**
 * The one wildcard: which roles they are stands in a table, and changes without a deployment. What must never be asked
 * for is said by the Denies, which hold whatever the table has, and which no trust policy can undo.
 */
const allowPartnersRoles = ({ deployment }: Place): IamStatement => ({
  Sid: partnersRolesSid,
  Effect: 'Allow',
  Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
  Resource: [anyRoleOf(deployment, '*')],
});

const anyRoleOf = ({ partition }: Deployment, accountId: string) =>
  `arn:${partition}:iam::${accountId}:role/*`;

/** The confused deputy's ways: without an ExternalId, into an account of ours, elsewhere. */
const denyTurningInwards = ({ deployment, settings }: Place): readonly IamStatement[] => [
  {
    Sid: 'DenyWithoutExternalId',
    Effect: 'Deny',
    Action: ['sts:AssumeRole'],
    Resource: '*',
    Condition: { Null: { 'sts:ExternalId': 'true' } },
  },
  {
    Sid: 'DenyOwnAccounts',
    Effect: 'Deny',
    Action: ['sts:AssumeRole'],
    // By the ARN, which every request has.
    Resource: toOwnAccounts({ deployment, settings }).map((accountId) => anyRoleOf(deployment, accountId)),
  },
  ...toOrganization(settings).map(
    (Condition): IamStatement => ({
      Sid: 'DenyOwnOrganization',
      Effect: 'Deny',
      Action: ['sts:AssumeRole'],
      Resource: '*',
      Condition,
    }),
  ),
  denyOtherRegions(deployment),
];

const toOwnAccounts = ({ deployment, settings }: Place): readonly string[] =>
  [...new Set([deployment.accountId, ...settings.ownAccounts])].sort();

/** A role's organization is in no request where its account is in none: then there is nothing to deny. */
const toOrganization = ({
  organizationId,
}: IntegrationSettings): readonly NonNullable<IamStatement['Condition']>[] =>
  organizationId === undefined ? [] : [{ StringEquals: { 'aws:ResourceOrgID': organizationId } }];

const denyOtherRegions = ({ region }: Deployment): IamStatement => ({
  Sid: 'DenyOtherRegions',
  Effect: 'Deny',
  Action: ['sts:AssumeRole'],
  Resource: '*',
  Condition: { StringNotEquals: { 'aws:RequestedRegion': [region] } },
});
