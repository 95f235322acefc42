import type { AssumeRoleProfile, Configuration, Deployment, Profile } from '../lambda/core/configuration.ts';
import { distinct } from './distinct.ts';
import { divideExceptions } from './divide-exceptions.ts';
import type { IamStatement } from './permissions.ts';

/** What the function's own role asks for a profile: of a chain the first role alone, which asks for the others. */
interface FirstHop {
  readonly roleArn: string;
  readonly externalId?: string;
  readonly setSourceIdentity: boolean;
  readonly setsTags: boolean;
}

/** What the issuer may ask STS for: the roles that profiles name, each with its profiles' ExternalId where all have one. */
export function issuingStatements({
  profiles,
  deployment,
  authorizationMessages,
}: Configuration): readonly IamStatement[] {
  const all = [...profiles.values()].flatMap(toFirstHop);
  const roleArns = distinct(all.map(({ roleArn }) => roleArn));
  return [
    ...allowRoles(all),
    ...allowExternalIds(all),
    ...(authorizationMessages === undefined ? [] : [decodingStatement]),
    ...denyOwnRolesExcept(roleArns, deployment),
    ...denyWithoutSourceIdentity(all),
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

const setsTags = ({ sessionTags, acceptedTagKeys }: AssumeRoleProfile) =>
  sessionTags.size > 0 || acceptedTagKeys.length > 0;

/**
 * Roles that are asked for alike share a statement, so that each is named once: with what its profiles ask beside. Where
 * an ExternalId is needed, source identity and tags are statements of their own, as in AWS's guide: that STS has the
 * ExternalId among the keys of those actions is not documented.
 */
function allowRoles(hops: readonly FirstHop[]): readonly IamStatement[] {
  const byActions = new Map<string, readonly string[]>();
  for (const roleArn of distinct(hops.map((hop) => hop.roleArn))) {
    const actions = toActions(hops.filter((hop) => hop.roleArn === roleArn)).join();
    byActions.set(actions, [...(byActions.get(actions) ?? []), roleArn]);
  }
  return [...byActions]
    .filter(([actions]) => actions !== '')
    .map(([actions, Resource]) => {
      const Action = actions.split(',');
      const Sid = Action.map((action) => action.replace('sts:', '')).join('');
      return { Sid, Effect: 'Allow', Action, Resource };
    });
}

const toActions = (ofRole: readonly FirstHop[]): readonly string[] => [
  ...(ofRole.some(({ externalId }) => externalId === undefined) ? ['sts:AssumeRole'] : []),
  ...(ofRole.some(({ setSourceIdentity }) => setSourceIdentity) ? ['sts:SetSourceIdentity'] : []),
  ...(ofRole.some((hop) => hop.setsTags) ? ['sts:TagSession'] : []),
];

/** One statement for each ExternalId: a role may be asked for with its own only. Each is short, because there are many. */
function allowExternalIds(hops: readonly FirstHop[]): readonly IamStatement[] {
  const byExternalId = new Map<string, readonly string[]>();
  for (const { externalId, roleArn } of hops) {
    if (externalId === undefined) continue;
    byExternalId.set(externalId, [...(byExternalId.get(externalId) ?? []), roleArn]);
  }
  return [...byExternalId].map(([externalId, roleArns], index) => ({
    Sid: `X${index}`,
    Effect: 'Allow',
    Action: ['sts:AssumeRole'],
    Resource: distinct(roleArns),
    Condition: { StringEquals: { 'sts:ExternalId': externalId } },
  }));
}

/** Source: Service Authorization Reference, AWS STS: the action has no resource type, so that `*` alone names it. */
const decodingStatement: IamStatement = {
  Sid: 'DecodeAuthorizationMessages',
  Effect: 'Allow',
  Action: ['sts:DecodeAuthorizationMessage'],
  Resource: '*',
};

/** Of one list of exceptions: with the rest of its statement it fits a managed policy of 6144 characters. */
const maxExceptionCharacters = 5_900;

/**
 * In one account a trust policy that names this role suffices by itself, whatever the Allows say; only an explicit
 * Deny binds there. Other accounts' roles need an Allow here, so of these nothing has to be listed.
 */
function denyOwnRolesExcept(
  roleArns: readonly string[],
  { partition, accountId }: Deployment,
): readonly IamStatement[] {
  const toRoles = (account: string) => `arn:${partition}:iam::${account}:role/`;
  const isOwn = (roleArn: string) => roleArn.startsWith(toRoles(accountId));
  const own = roleArns.filter(isOwn);
  if (own.length === 0) return [{ ...denyOwnRoles, Resource: [`${toRoles(accountId)}*`] }];
  const others = roleArns.filter((roleArn) => !isOwn(roleArn)).map((arn) => arn.split(':')[4] ?? '');
  const besides = distinct(others.map((account) => `${toRoles(toOtherAccounts(account, accountId))}*`));
  return exceptFor(denyOwnRoles, divideExceptions(own, { besides, maxCharacters: maxExceptionCharacters }));
}

const denyOwnRoles = {
  Sid: 'DenyRolesThatNoProfileNames',
  Effect: 'Deny',
  Action: ['sts:AssumeRole'],
} as const;

/** As few patterns as there can be: the account's id as far as it tells it from ours. */
function toOtherAccounts(account: string, own: string): string {
  const differs = [...account].findIndex((digit, index) => digit !== own[index]);
  return differs === account.length - 1 ? account : `${account.slice(0, differs + 1)}*`;
}

/**
 * Of every role but those for which a profile leaves the source identity out; where these are the more, of the others by
 * name.
 */
function denyWithoutSourceIdentity(hops: readonly FirstHop[]): readonly IamStatement[] {
  const unnamed = distinct(hops.filter((hop) => !hop.setSourceIdentity).map(({ roleArn }) => roleArn));
  const named = distinct(hops.map(({ roleArn }) => roleArn)).filter((arn) => !unnamed.includes(arn));
  if (named.length === 0) return [];
  if (unnamed.length === 0) return [{ ...denyAnonymous, Resource: '*' }];
  return unnamed.length > named.length
    ? [{ ...denyAnonymous, Resource: named }]
    : exceptFor(denyAnonymous, divideExceptions(unnamed, { maxCharacters: maxExceptionCharacters }));
}

const denyAnonymous = {
  Sid: 'DenyWithoutSourceIdentity',
  Effect: 'Deny',
  Action: ['sts:AssumeRole'],
  Condition: { Null: { 'sts:SourceIdentity': 'true' } },
} as const;

const exceptFor = (
  deny: Omit<IamStatement, 'Resource' | 'NotResource'>,
  lists: readonly (readonly string[])[],
): readonly IamStatement[] =>
  lists.map((NotResource, index) => ({
    ...deny,
    Sid: lists.length === 1 ? deny.Sid : `${deny.Sid}${index}`,
    NotResource,
  }));
