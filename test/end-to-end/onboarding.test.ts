import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callerIdentity, fetchToken } from '../support/daypass-client.ts';
import { aManager, callIntegrations, setTrust } from '../support/integration-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';
import {
  integrationsFunction,
  invokeAs,
  runScript,
  verifyAllEvent,
} from '../support/third-party-engineer.ts';

/*
 * Acme's engineer has the kit and nothing else: no role is there before it. Whoever reads this from the top has the
 * life of an integration: made, proven, used, drifted, suspended, repaired.
 */

const acme = '444444444444';
const roleArn = `arn:aws:iam::${acme}:role/vendors/DaypassInvoices`;
const operator = '111111111111/integrations-operator';

let daypass: RunningDaypass;
let sre: string;
let manager: ReturnType<typeof aManager>;

beforeAll(async () => {
  daypass = await startDaypass();
  sre = await fetchToken(daypass, 'sre');
  manager = aManager(daypass, sre);
  const created = await manager.create({ name: 'acme-invoices', roleArn });
  if (created.status !== 201) throw new Error(created.text);
});

afterAll(() => daypass.stop());

const issue = () =>
  callIntegrations(daypass, { token: sre, method: 'POST', path: '/acme-invoices/credentials', body: {} });
const applyKit = async () => runScript(daypass, acme, await manager.kit('acme-invoices', 'cli'));
const proveAll = () =>
  invokeAs(daypass, operator, { functionName: integrationsFunction, event: verifyAllEvent });

describe('the life of an integration, by its kit alone', () => {
  it('begins without a role', async () => {
    expect(await manager.verify('acme-invoices')).toMatchObject({
      state: 'FAILED',
      findings: ['role-does-not-trust-the-broker'],
    });
    expect((await issue()).json.code).toBe('integration-not-verified');
  });

  it('has one that the kit’s commands make, and that is proven', async () => {
    expect(await applyKit()).toEqual(['create-role: 200']);

    expect(await manager.verify('acme-invoices')).toMatchObject({
      ...{ state: 'VERIFIED', result: 'PASSED', findings: [] },
    });
  });

  it('gives credentials of that role', async () => {
    const { json } = await issue();

    expect(await callerIdentity(daypass, json.Credentials)).toMatch(
      /^arn:aws:sts::444444444444:assumed-role\/DaypassInvoices\/sre@example\.com-/,
    );
  });

  it('is proven again by the schedule, and by an operator before its time', async () => {
    const { verification: before } = (await manager.read('acme-invoices')).json;

    expect(await proveAll()).toMatchObject({ passed: 1, failed: 0 });

    const { state, verification } = (await manager.read('acme-invoices')).json;
    expect(state).toBe('VERIFIED');
    expect(Date.parse(verification.at)).toBeGreaterThan(Date.parse(before.at));
  });

  it('is suspended once the role has stopped asking for its id, and says so to whoever asks', async () => {
    const anybody = {
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111111111111:root' },
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    };
    const widened = JSON.stringify({ Version: '2012-10-17', Statement: [anybody] });
    expect(await setTrust(daypass, roleArn, widened)).toBe('200');
    expect((await issue()).status).toBe(200);

    expect(await proveAll()).toMatchObject({ passed: 0, failed: 1 });

    expect((await manager.read('acme-invoices')).json.state).toBe('SUSPENDED');
    const refused = await issue();
    expect(refused).toMatchObject({ status: 403, json: { code: 'integration-suspended' } });
    expect(refused.json.detail).toMatch(/ExternalId/);
  });

  it('is repaired by the kit, and proven, and goes on', async () => {
    expect(await applyKit()).toEqual(['update-assume-role-policy: 200']);
    expect((await issue()).json.code).toBe('integration-suspended');

    await manager.change('acme-invoices', 'resume', { reason: 'the policy is as it was' });
    expect((await issue()).json.code).toBe('integration-not-verified');

    expect(await manager.verify('acme-invoices')).toMatchObject({ state: 'VERIFIED', findings: [] });
    expect((await issue()).status).toBe(200);
  });
});

describe('the operator', () => {
  it.each(['integration-issuer', 'prober', 'issuer'])('may not invoke %s', async (name) => {
    const functionName = integrationsFunction.replace(/integrations$/, name);

    await expect(invokeAs(daypass, operator, { functionName, event: {} })).rejects.toThrow(
      /not authorized to perform: lambda:InvokeFunction/,
    );
  });

  it('is nobody else: a third party’s engineer proves nothing', async () => {
    const event = {
      functionName: `arn:aws:lambda:eu-west-1:111111111111:function:${integrationsFunction}`,
      event: verifyAllEvent,
    };

    await expect(invokeAs(daypass, `${acme}/engineer`, event)).rejects.toThrow(/not authorized/);
  });

  it('speaks for no caller: an event that is no schedule’s is refused', async () => {
    const forged = { requestContext: { authorizer: { principal: '{}' } }, path: '/v1/integrations' };

    const answered = await invokeAs(daypass, operator, { functionName: integrationsFunction, event: forged });

    expect(answered.statusCode).toBe(403);
  });
});
