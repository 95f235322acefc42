import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { assumeRole, userCredentials } from '../support/aws-identities.ts';
import { call, callerIdentity, fetchToken, setFaults } from '../support/daypass-client.ts';
import { aManager, callIntegrations, runKitCommands } from '../support/integration-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';
import { signedCall } from '../support/signed-request.ts';

const role = 'arn:aws:iam::777777777777:role/partners/DaypassDoesItRight';
const runner = 'arn:aws:iam::222222222222:role/ci/Runner';

let daypass: RunningDaypass;
let sre: string;
let manager: ReturnType<typeof aManager>;

beforeAll(async () => {
  daypass = await startDaypass();
  sre = await fetchToken(daypass, 'sre');
  manager = aManager(daypass, sre);
  const trust = [
    { Sid: 'Sre', Effect: 'Allow', Principal: { Federated: 'okta' } },
    {
      Sid: 'Builds',
      Effect: 'Allow',
      Principal: { Federated: 'aws' },
      Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:role/Runner' } },
    },
  ];
  await manager.create({ roleArn: role, trust });
  await runKitCommands(daypass, role, await manager.kit('globex', 'cli'));
  const { state } = await manager.verify('globex');
  if (state !== 'VERIFIED') throw new Error(`it is ${state}`);
});

afterEach(() => setFaults(daypass, []));
afterAll(() => daypass.stop());

const issue = () =>
  callIntegrations(daypass, { token: sre, method: 'POST', path: '/globex/credentials', body: {} });
const askToVerify = () => manager.ask({ method: 'POST', path: '/globex/verify' });
const stateOf = async () => (await manager.read('globex')).json;

describe('an integration under /iam/v1', () => {
  const signed = (credentials: Awaited<ReturnType<typeof assumeRole>>, name = 'globex') =>
    signedCall(daypass.broker, {
      credentials,
      method: 'POST',
      path: `/iam/v1/integrations/${name}/credentials`,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });

  it('is given to a role that it trusts', async () => {
    const as = userCredentials('222222222222/developer');
    const build = await assumeRole(daypass, { as, roleArn: runner, sessionName: 'build-17' });

    const { status, json } = await signed(build);

    expect(status).toBe(200);
    expect(await callerIdentity(daypass, json.Credentials)).toContain(
      '777777777777:assumed-role/DaypassDoesItRight/',
    );
    expect((await signed(build, 'other')).json.code).toBe('access-denied');
  });

  it('is not given to the user who may take that role', async () => {
    const { status, json } = await signed(userCredentials('222222222222/developer'));

    expect([status, json.code]).toEqual([403, 'access-denied']);
  });
});

describe('issuing', () => {
  it('ends in 503 where the tables cannot be read: never as if there were none', async () => {
    await setFaults(daypass, [{ service: 'dynamodb', operation: 'Query', kind: '500' }]);

    expect(await issue()).toMatchObject({ status: 503, json: { code: 'integrations-unavailable' } });
  });

  it('asks STS for nothing where the row cannot be written', async () => {
    const countAsked = async () => (await trailOf('-integration-issuer/')).length;
    const before = await countAsked();
    await setFaults(daypass, [{ service: 'dynamodb', operation: 'PutItem', kind: '500' }]);

    expect(await issue()).toMatchObject({ status: 503, json: { code: 'audit-unavailable' } });
    expect(await countAsked()).toBe(before);
  });

  it('releases nothing where the answer is lost, and the row says so', async () => {
    await setFaults(daypass, [{ service: 'sts', operation: 'AssumeRole', kind: 'lost', times: 1 }]);

    const { status, json, text } = await issue();

    expect([status, json.code]).toEqual([503, 'sts-outcome-unknown']);
    expect(text).not.toMatch(/ASIA/);
    const row = await call(daypass, { token: sre, path: `/v1/issuances/${json.issuanceId}` });
    expect(row.json).toMatchObject({ integration: 'globex', state: 'UNKNOWN' });
  });

  it('is told to wait where STS throttles', async () => {
    await setFaults(daypass, [{ service: 'sts', operation: 'AssumeRole', kind: 'throttle', times: 1 }]);

    expect(await issue()).toMatchObject({ status: 429, json: { code: 'sts-throttled' } });
  });
});

describe('verification', () => {
  it.each(['throttle', '500', 'lost'])(
    'concludes nothing where STS has %s, and takes nothing away',
    async (kind) => {
      await setFaults(daypass, [{ service: 'sts', operation: 'AssumeRole', kind, times: 1 }]);

      const verified = await manager.verify('globex');

      expect(verified).toMatchObject({
        result: 'INCONCLUSIVE',
        state: 'VERIFIED',
        findings: ['inconclusive'],
      });
      await setFaults(daypass, []);
      expect((await issue()).status).toBe(200);
    },
  );

  it.each(['throttle', '500', 'lost'])('concludes nothing where a function’s answer has %s', async (kind) => {
    const before = await stateOf();
    await setFaults(daypass, [{ service: 'lambda', operation: 'Invoke', kind, times: 1 }]);

    const answer = await askToVerify();

    expect(answer).toMatchObject({ status: 503, json: { code: 'verification-unavailable' } });
    expect(await stateOf()).toEqual(before);
  });

  it('concludes nothing where its rows cannot be written', async () => {
    const before = await stateOf();
    await setFaults(daypass, [{ service: 'dynamodb', operation: 'PutItem', kind: '500' }]);

    expect(await askToVerify()).toMatchObject({ status: 503, json: { code: 'audit-unavailable' } });
    await setFaults(daypass, []);
    expect(await stateOf()).toEqual(before);
  });

  it('goes on being asked for by two at once, and both are told the truth', async () => {
    const answers = await Promise.all([askToVerify(), askToVerify()]);

    for (const { status, json } of answers) {
      if (status === 200) expect(json.verification.result).toBe('PASSED');
      else expect([status, json.code]).toEqual([412, 'version-conflict']);
    }
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    expect((await stateOf()).state).toBe('VERIFIED');
  });
});

async function trailOf(caller: string) {
  const answer = await fetch(`${daypass.aws}/_local/cloudtrail`);
  const { Records } = (await answer.json()) as {
    readonly Records: readonly { readonly userIdentity: { readonly arn?: string } }[];
  };
  return Records.filter(({ userIdentity }) => userIdentity.arn?.includes(caller));
}
