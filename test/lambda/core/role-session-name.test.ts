import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Intent } from '../../../lambda/core/issuance.ts';
import {
  toIntentDigest,
  toRoleSessionName,
  type UnnamedIntent,
} from '../../../lambda/core/role-session-name.ts';
import { anId, anIntent } from '../../support/an-issuance.ts';

/** STS's own: AssumeRole, RoleSessionName. */
const stsPattern = /^[\w+=,.@-]{2,64}$/;
const withSubject = { subjectInSessionName: true };
const withoutSubject = { subjectInSessionName: false };

function anUnnamedIntent(changes: Partial<UnnamedIntent> = {}): UnnamedIntent {
  const { roleSessionName, nonce, ...intent } = anIntent();
  return { ...intent, ...changes };
}

/** Another value for each field of an intent: what an editor of the row might write there. */
const otherValues: { readonly [Field in keyof Required<UnnamedIntent>]: Required<UnnamedIntent>[Field] } = {
  id: '01KDVDPJ0000000000000000A1',
  createdAt: '2026-01-01T00:00:00.001Z',
  principal: { issuer: 'okta', subject: 'bob@example.com' },
  profile: 'prod-admin',
  integration: 'globex',
  purpose: 'console',
  requestedDurationSeconds: 901,
  reason: 'incident 43',
  sourceIp: '203.0.113.8',
  userAgent: 'curl/8.14.2',
  gatewayRequestId: 'JKJaXmPLvHcESHB=',
  region: 'eu-central-1',
  expiresAtSeconds: 1,
  mechanism: 'other' as 'assume-role',
  enforcement: 'recorded',
  callerAccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  targetPrincipal: '222222222222',
  taskPolicyArn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials',
  audiences: ['https://partner.example.com'],
  roleArns: ['arn:aws:iam::222222222222:role/daypass/readonly'],
  sourceIdentity: 'okta.bob@example.com',
  durationSeconds: 901,
  sessionTags: { Team: 'payments', Empty: ' ' },
  transitiveTagKeys: ['Team', 'Empty'],
  sessionPolicySha256: 'ba'.repeat(32),
  managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  statement: 'trust[1]',
};

const fields = Object.keys(otherValues) as (keyof UnnamedIntent)[];

describe('toRoleSessionName', () => {
  it('is a part of the subject, the id and the digest', () => {
    const intent = anUnnamedIntent();

    expect(toRoleSessionName(intent, withSubject)).toBe(
      `alice@example.com-${anId}-${toIntentDigest(intent)}`,
    );
  });

  it('leaves the subject out where the profile says so', () => {
    expect(toRoleSessionName(anUnnamedIntent(), withoutSubject)).toMatch(new RegExp(`^${anId}-[\\w-]{16}$`));
  });

  it('is at most 64 characters, with the first 20 of the subject', () => {
    const intent = anUnnamedIntent({ principal: { issuer: 'okta', subject: 's'.repeat(1024) } });

    const name = toRoleSessionName(intent, withSubject);

    expect(name).toHaveLength(64);
    expect(name.startsWith(`${'s'.repeat(20)}-${anId}-`)).toBe(true);
  });

  it.each([
    ['Ann Ö. Nymous <ann@example.com>', 'Ann-.-Nymous-ann@exa'],
    ['aws:root', 'aws-root'],
    ['a\r\nb', 'a-b'],
    ['😀', '-'],
    ['../../x', '..-..-x'],
  ])('writes the subject %j in characters of STS', (subject, readable) => {
    const intent = anUnnamedIntent({ principal: { issuer: 'okta', subject } });

    expect(toRoleSessionName(intent, withSubject).startsWith(`${readable}-${anId}-`)).toBe(true);
  });

  it('is 2–64 valid characters and holds the id, for any subject and any text of the caller', () => {
    const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 1024 });

    fc.assert(
      fc.property(texts, texts, fc.boolean(), (subject, userAgent, subjectInSessionName) => {
        const intent = anUnnamedIntent({ principal: { issuer: 'okta', subject }, userAgent });

        const name = toRoleSessionName(intent, { subjectInSessionName });

        expect(name).toMatch(stsPattern);
        expect(name).toContain(`${anId}-${toIntentDigest(intent)}`);
      }),
    );
  });
});

describe('toIntentDigest', () => {
  it.each(fields)('changes with %s', (field) => {
    const changed = anUnnamedIntent({ [field]: otherValues[field] });

    expect(toIntentDigest(changed)).not.toBe(toIntentDigest(anUnnamedIntent()));
  });

  it.each(['requestedDurationSeconds', 'reason', 'sourceIdentity', 'sessionPolicySha256'] as const)(
    'changes when %s is gone',
    (field) => {
      const { [field]: gone, ...without } = anUnnamedIntent();

      expect(toIntentDigest(without)).not.toBe(toIntentDigest(anUnnamedIntent()));
    },
  );

  it.each([
    ['issuer', { issuer: 'acme', subject: 'alice@example.com' }],
    ['subject', { issuer: 'okta', subject: 'alice@example.co' }],
    ['the border between them', { issuer: 'oktaa', subject: 'lice@example.com' }],
  ])("changes with the principal's %s", (_name, principal) => {
    expect(toIntentDigest(anUnnamedIntent({ principal }))).not.toBe(toIntentDigest(anUnnamedIntent()));
  });

  it.each([
    ['a tag key', { Teams: 'payments', Empty: '' }],
    ['a tag more', { Team: 'payments', Empty: '', More: '' }],
    ['a tag less', { Team: 'payments' }],
    ['values in each other’s place', { Team: '', Empty: 'payments' }],
  ])('changes with %s', (_name, sessionTags) => {
    expect(toIntentDigest(anUnnamedIntent({ sessionTags }))).not.toBe(toIntentDigest(anUnnamedIntent()));
  });

  it('changes with the order of the hops', () => {
    const roleArns = ['arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/b'];

    expect(toIntentDigest(anUnnamedIntent({ roleArns }))).not.toBe(
      toIntentDigest(anUnnamedIntent({ roleArns: roleArns.toReversed() })),
    );
  });

  it('does not change with the order in which a store gives attributes and tags back', () => {
    const intent = anUnnamedIntent();
    const reversed = Object.fromEntries(Object.entries(intent).reverse()) as unknown as UnnamedIntent;
    const sessionTags = Object.fromEntries(Object.entries(intent.sessionTags).reverse());

    expect(toIntentDigest({ ...reversed, sessionTags })).toBe(toIntentDigest(intent));
  });

  it('does not change with what a row has beside its intent: the name itself, the nonce, the outcome', () => {
    const row: Intent & Readonly<Record<string, unknown>> = {
      ...anIntent(),
      state: 'ISSUED',
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    };

    expect(toIntentDigest(row)).toBe(toIntentDigest(anUnnamedIntent()));
  });

  it('does not change from release to release: rows are checked years later', () => {
    expect(toIntentDigest(anUnnamedIntent())).toBe('l__UWSQkVb5n0K3m');
  });
});
