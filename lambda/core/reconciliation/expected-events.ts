import type { Issuance } from '../issuance.ts';
import { isOfCredentials } from '../sts-error.ts';
import { toArnAccount } from './session-name.ts';

/** One call of STS that a row speaks of, and all that CloudTrail's event of it should say. */
export interface ExpectedCall {
  /** 0 for the first hop. The last place is of the call that the credentials are for. */
  readonly place: number;
  readonly eventName: string;
  /**
   * `must`: the row says that STS answered it. `may`: its answer was lost, or CloudTrail need not have it. `never`: by
   * the row it was not made.
   */
  readonly presence: 'must' | 'may' | 'never';
  /** Absent: the row does not know. */
  readonly wasGranted?: boolean;
  /** Accounts that have the event; one that was denied is in the caller's alone. Empty: unknown. */
  readonly accounts: readonly string[];
  readonly caller: ExpectedCaller;
  /** What the row knows it by. */
  readonly requestId?: string;
  readonly accessKeyId?: string;
  /** Of the request, where CloudTrail shows it. */
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly durationSeconds?: number;
  readonly targetPrincipal?: string;
  readonly taskPolicyArn?: string;
  /** `undefined` inside: none was sent. Absent: the row does not say. */
  readonly sourceIdentity?: { readonly value: string | undefined };
  readonly sessionPolicySha256?: { readonly value: string | undefined };
}

/**
 * Who signs: a role or the user of the broker, the session of the role before, the caller's own key, or nobody; `token`:
 * nobody, with a token of the broker's own.
 */
export type ExpectedCaller =
  | { readonly by: 'broker' | 'token' | 'nobody' }
  | { readonly by: 'session'; readonly roleArn: string }
  | { readonly by: 'key'; readonly accessKeyId: string | undefined };

/** Calls by the row, in order. None for a row that never came to STS. */
export function toExpectedCalls(row: Issuance, ownAccountId: string): readonly ExpectedCall[] {
  if (row.state === 'DENIED') return [];
  const shapes = toShapes(row, ownAccountId);
  return shapes.map((shape, place) => ({ place, ...shape, ...toFacts(row, shape, { place, shapes }) }));
}

type Shape = Omit<ExpectedCall, 'place' | 'presence' | 'wasGranted' | 'requestId' | 'accessKeyId'>;

const optional = <Key extends string, Value>(key: Key, value: Value | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { readonly [Name in Key]?: Value };

function toShapes(row: Issuance, ownAccountId: string): readonly Shape[] {
  const { mechanism } = row;
  if (mechanism === undefined) {
    return row.purpose === 'authorization-message'
      ? [{ eventName: 'DecodeAuthorizationMessage', ...byBroker(ownAccountId) }]
      : [];
  }
  switch (mechanism) {
    case 'assume-role':
      return [...toRoles(row, ownAccountId), ...(row.purpose === tokenPurpose ? [toTokenCall(row)] : [])];
    case 'assume-root':
      return [...toRoles(row, ownAccountId), toRootCall(row)];
    case 'federation-token':
      return [{ eventName: 'GetFederationToken', ...byBroker(ownAccountId), ...toSession(row) }];
    case 'web-identity':
      return [
        toUnsigned(row, 'AssumeRoleWithWebIdentity', row.enforcement === 'recorded' ? 'nobody' : 'token'),
      ];
    case 'saml':
      return [toUnsigned(row, 'AssumeRoleWithSAML', 'nobody')];
    case 'session-token':
      return [toRelayed(row)];
  }
}

const tokenPurpose = 'web-identity-token';

const byBroker = (accountId: string) => ({ accounts: [accountId], caller: { by: 'broker' } }) as const;

const bySession = (row: Issuance) => {
  const roleArn = row.roleArns?.at(-1) ?? '';
  return { accounts: toAccounts(roleArn), caller: { by: 'session', roleArn } } as const;
};

const toAccounts = (...arns: readonly string[]): readonly string[] => [
  ...new Set(arns.flatMap((arn) => toArnAccount(arn) ?? [])),
];

/** Name, duration and policy of the session that the credentials are for. */
const toSession = ({ roleSessionName, durationSeconds, sessionPolicySha256 }: Issuance) => ({
  ...optional('sessionName', roleSessionName),
  ...optional('durationSeconds', durationSeconds),
  sessionPolicySha256: { value: sessionPolicySha256 },
});

/**
 * Each role of a chain, by the session of the one before: in the account of that, and of the role. The sessions on the
 * way have policies and durations that the row does not hold, and the token's has a longer duration than the token.
 */
function toRoles(row: Issuance, ownAccountId: string): readonly Shape[] {
  const { roleArns = [], roleSessionName, sessionPolicySha256, durationSeconds, mechanism, purpose } = row;
  return roleArns.map((roleArn, place) => {
    const before = roleArns[place - 1];
    const isLast = place === roleArns.length - 1 && mechanism === 'assume-role';
    return {
      eventName: 'AssumeRole',
      roleArn,
      accounts: [
        ...new Set([...(before === undefined ? [ownAccountId] : toAccounts(before)), ...toAccounts(roleArn)]),
      ],
      caller: before === undefined ? { by: 'broker' } : { by: 'session', roleArn: before },
      ...optional('sessionName', roleSessionName),
      ...(isLast && purpose !== tokenPurpose ? optional('durationSeconds', durationSeconds) : {}),
      ...(isLast ? { sessionPolicySha256: { value: sessionPolicySha256 } } : {}),
      ...toSourceIdentityAt(row, place),
    };
  });
}

/**
 * Set with the first session; those after it have inherited it, and CloudTrail shows that as if it were asked for. The
 * prober's stranger is the exception: its own session has none.
 */
function toSourceIdentityAt({ sourceIdentity, purpose, roleArns = [] }: Issuance, place: number) {
  if (purpose !== 'probe' || roleArns.length === 1) return { sourceIdentity: { value: sourceIdentity } };
  return { sourceIdentity: { value: place === roleArns.length - 1 ? sourceIdentity : undefined } };
}

const toTokenCall = (row: Issuance): Shape => ({
  eventName: 'GetWebIdentityToken',
  ...bySession(row),
  ...optional('durationSeconds', row.durationSeconds),
});

/** Without a name: the session that calls has it. */
const toRootCall = (row: Issuance): Shape => ({
  eventName: 'AssumeRoot',
  ...bySession(row),
  ...optional('durationSeconds', row.durationSeconds),
  ...optional('targetPrincipal', row.targetPrincipal),
  ...optional('taskPolicyArn', row.taskPolicyArn),
});

/** In the role's account alone. Source identity and tags come in the token or the assertion. */
const toUnsigned = (row: Issuance, eventName: string, by: 'token' | 'nobody'): Shape => ({
  eventName,
  accounts: toAccounts(row.roleArns?.[0] ?? ''),
  caller: { by },
  ...optional('roleArn', row.roleArns?.[0]),
  ...toSession(row),
});

/** In the account of whoever presigned it, which is the caller itself: its subject is its ARN. */
const toRelayed = (row: Issuance): Shape => ({
  eventName: 'GetSessionToken',
  accounts: toAccounts(row.principal.subject),
  caller: { by: 'key', accessKeyId: row.callerAccessKeyId },
  ...optional('durationSeconds', row.durationSeconds),
});

type Facts = Pick<ExpectedCall, 'presence' | 'wasGranted' | 'requestId' | 'accessKeyId' | 'accounts'>;

/** What became of the call, by the row. Sessions on the way are in `hops`; the outcome is of the call after them. */
function toFacts(
  row: Issuance,
  shape: Shape,
  { place, shapes }: { readonly place: number; readonly shapes: readonly Shape[] },
): Facts {
  const { hops = [], state, stsRequestId, accessKeyId } = row;
  const hop = place < shapes.length - 1 || state !== 'ISSUED' ? hops[place] : undefined;
  const { accounts } = shape;
  if (hop !== undefined) {
    const known = { requestId: hop.stsRequestId, accessKeyId: hop.accessKeyId };
    return { presence: 'must', wasGranted: true, accounts, ...known };
  }
  const isAsked = place === hops.length;
  const answered = isAsked ? optional('requestId', stsRequestId) : {};
  switch (state) {
    case 'ISSUED':
      return {
        ...{ presence: 'must', wasGranted: true, accounts },
        ...(place === shapes.length - 1 ? optional('requestId', stsRequestId) : {}),
        ...(place === shapes.length - 1 ? optional('accessKeyId', accessKeyId) : {}),
      };
    case 'REFUSED':
      return {
        presence: isAsked ? toRefusedPresence(row, shape) : 'never',
        wasGranted: false,
        accounts: toDeniedAccounts(shape),
        ...answered,
      };
    case 'FAILED':
      return {
        presence: isAsked ? 'may' : 'never',
        wasGranted: false,
        accounts: toDeniedAccounts(shape),
        ...answered,
      };
    default:
      return { presence: 'may', accounts, ...answered };
  }
}

/**
 * CloudTrail has each authenticated call, and of unsigned ones those that are "sufficiently valid"; of credentials that
 * are nobody's there is no trail to be in. A refused call of a caller's own key shows nothing by which it could be found.
 * Source: IAM guide, "Logging IAM and AWS STS API calls".
 */
const toRefusedPresence = ({ errorCode = '' }: Issuance, { caller }: Shape): ExpectedCall['presence'] =>
  (caller.by === 'broker' || caller.by === 'session') && !isOfCredentials(errorCode) ? 'must' : 'may';

/** The first is the caller's, which alone has what was denied. */
const toDeniedAccounts = ({ accounts }: Shape): readonly string[] => accounts.slice(0, 1);
