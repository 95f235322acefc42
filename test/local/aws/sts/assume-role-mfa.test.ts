import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { home, outcome } from '../an-embedded-aws.ts';
import { createMfaAws, owner, SerialNumber, wrongDevice } from './an-mfa-user.ts';

const mfa = createMfaAws();
const { aws, assume, code, moveClock, session, withMfa } = mfa;
beforeEach(mfa.toNextCode);
afterAll(mfa.stop);

describe('AssumeRole where MFA is asked for', () => {
  const denied = /^AccessDenied: User: .* is not authorized to perform: sts:AssumeRole/;

  it.each(['Mfa', 'Fresh'] as const)('takes a code with the call (%s)', async (role) => {
    expect(await assume(owner, role)).toMatch(denied);
    expect(await assume(owner, role, { SerialNumber, TokenCode: code() })).toBe('granted');
  });

  it('takes a session that was got with a code', async () => {
    expect(await assume(await session(), 'Mfa')).toMatch(denied);
    const credentials = await withMfa();
    expect(await assume(credentials, 'Mfa')).toBe('granted');
    expect(await assume(credentials, 'Fresh')).toBe('granted');
    moveClock(61_000);
    expect(await assume(credentials, 'Mfa')).toBe('granted');
    expect(await assume(credentials, 'Fresh')).toMatch(denied);
  });

  it('takes a code with a session that was got without', async () => {
    const credentials = await session();

    expect(await assume(credentials, 'Mfa', { SerialNumber, TokenCode: code() })).toBe('granted');
  });

  it('takes no code of the user from the session of a role', async () => {
    const credentials = await aws().assume(
      { RoleArn: `arn:aws:iam::${home}:role/Plain`, RoleSessionName: 'session' },
      owner,
    );

    expect(await assume(credentials, 'Mfa', { SerialNumber, TokenCode: code() })).toBe(wrongDevice);
  });

  it('lasts up to twelve hours with a code in the call', async () => {
    const input = { SerialNumber, TokenCode: code(), DurationSeconds: 43_200 };

    expect(await assume(owner, 'Mfa', input)).toBe('granted');
  });

  it('leaves no MFA in the session that it gives', async () => {
    const credentials = await aws().assume(
      { RoleArn: `arn:aws:iam::${home}:role/Mfa`, RoleSessionName: 's1', SerialNumber, TokenCode: code() },
      owner,
    );
    const describeTable = (TableName: string) =>
      outcome(aws().dynamodb(credentials).send(new DescribeTableCommand({ TableName })));

    expect(await describeTable('false')).toMatch(/^ResourceNotFoundException/);
    expect(await describeTable('true')).toMatch(/^AccessDeniedException/);
  });
});
