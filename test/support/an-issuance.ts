import type { Attempt, Denial, Intent, Issuance, Outcome } from '../../lambda/core/issuance.ts';
import type { IssuedCredentials } from '../../lambda/core/issue-credentials.ts';
import type { StsAnswer } from '../../lambda/core/ports.ts';
import { nowMs, nowSeconds } from './tokens.ts';

export const anId = '01KDVDPJ0000000000000000A0';

export const anAttempt = (changes: Partial<Attempt> = {}): Attempt => ({
  id: anId,
  nonce: 'MDEyMzQ1Njc4OWFiY2RlZg',
  createdAt: new Date(nowMs).toISOString(),
  principal: { issuer: 'okta', subject: 'alice@example.com' },
  profile: 'prod-readonly',
  sourceIp: '203.0.113.7',
  userAgent: 'curl/8.14.1',
  gatewayRequestId: 'JKJaXmPLvHcESHA=',
  expiresAtSeconds: nowSeconds + 400 * 86_400,
  ...changes,
});

export const aDenial = (changes: Partial<Denial> = {}): Denial => ({
  ...anAttempt(),
  statement: 'DenyContractors',
  detail: 'a statement of the profile denies this principal',
  ...changes,
});

export const anIntent = (changes: Partial<Intent> = {}): Intent => ({
  ...anAttempt(),
  mechanism: 'assume-role',
  roleArns: ['arn:aws:iam::222222222222:role/daypass/ReadOnly'],
  roleSessionName: `alice@example.com-${anId}-0123456789abcdef`,
  sourceIdentity: 'okta.alice@example.com',
  durationSeconds: 900,
  sessionTags: { Team: 'payments', Empty: '' },
  transitiveTagKeys: ['Team'],
  sessionPolicySha256: 'ab'.repeat(32),
  managedPolicyArns: [],
  statement: 'trust[0]',
  requestedDurationSeconds: 900,
  reason: 'incident 42',
  ...changes,
});

/** An outcome of each state, as complete as it can be. */
export const outcomes = {
  ISSUED: {
    state: 'ISSUED',
    finishedAt: new Date(nowMs + 100).toISOString(),
    stsRequestId: '11111111-2222-3333-4444-555555555555',
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    expiration: new Date(nowMs + 900_000).toISOString(),
    packedPolicySize: 6,
  },
  REFUSED: {
    state: 'REFUSED',
    finishedAt: new Date(nowMs + 100).toISOString(),
    stsRequestId: '11111111-2222-3333-4444-555555555555',
    errorCode: 'AccessDenied',
    detail: 'User is not authorized to perform: sts:AssumeRole',
  },
  FAILED: {
    state: 'FAILED',
    finishedAt: new Date(nowMs + 100).toISOString(),
    errorCode: 'Throttling',
    detail: 'Rate exceeded',
  },
  UNKNOWN: {
    state: 'UNKNOWN',
    finishedAt: new Date(nowMs + 100).toISOString(),
    errorCode: 'ECONNRESET',
    detail: 'read ECONNRESET',
  },
} as const satisfies Readonly<Record<Outcome['state'], Outcome>>;

/** The sessions on the way to one that was asked for. */
export const hops = [
  {
    roleArn: 'arn:aws:iam::222222222222:role/daypass/Gateway',
    stsRequestId: '66666666-7777-8888-9999-000000000000',
    accessKeyId: 'ASIAGATEWAY000000000',
  },
  {
    roleArn: 'arn:aws:iam::333333333333:role/Relay',
    stsRequestId: '77777777-8888-9999-0000-111111111111',
    accessKeyId: 'ASIARELAY00000000000',
  },
] as const;

/** A row as the audit is read: an issued one, but for the changes. */
export function anIssuance(changes: Partial<Issuance> = {}): Issuance {
  const { nonce, ...intent } = anIntent();
  return { ...intent, ...outcomes.ISSUED, ...changes };
}

/** What must be nowhere but in the answer to the caller. */
export const secrets = {
  secretAccessKey: 'CanarySecretAccessKey+/0123456789abcdefg',
  sessionToken: 'CanarySessionToken+/0123456789==',
} as const;

type Issued = Extract<StsAnswer, { readonly state: 'ISSUED' }>;

export function anIssuedAnswer(
  request: { readonly roleSessionName?: string } = anIntent(),
  credentials: Partial<Issued['credentials']> = {},
): Issued {
  return {
    state: 'ISSUED',
    credentials: {
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      ...secrets,
      expiration: new Date(nowMs + 900_000),
      ...credentials,
    },
    assumedRole: {
      arn: `arn:aws:sts::222222222222:assumed-role/ReadOnly/${request.roleSessionName}`,
      assumedRoleId: `AROA3XFRBF535PLBIFPI4:${request.roleSessionName}`,
    },
    requestId: '11111111-2222-3333-4444-555555555555',
    packedPolicySize: 6,
  };
}

export const issuedCredentials = (
  credentials: Partial<Issued['credentials']> = {},
  intent = anIntent(),
): IssuedCredentials => ({
  intent: { ...intent, profile: intent.profile ?? '' },
  answer: anIssuedAnswer(intent, credentials),
});
