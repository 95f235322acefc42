import { IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createSdkRolePolicies } from '../../../lambda/adapters/sdk-role-policies.ts';
import { toRevocationDocument } from '../../../lambda/core/controls/revocation-document.ts';
import { requireDeployed } from '../../../lambda/core/function-roles.ts';
import { createFunctionRoles } from '../../../lib/permissions.ts';
import type { FaultKind } from '../../../local/faults.ts';
import { withRoles } from '../../../local/world.ts';
import { admin, aWorld, policy, startTestAws, type TestAws } from '../../local/aws/an-embedded-aws.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import { controlAccess } from '../../support/control-tables.ts';
import { fetchCredentials } from '../../support/function-roles.ts';
import { reconciliationAccess } from '../../support/reconciliation-tables.ts';

const configuration = aConfiguration({ revocation: { apply: true } });
const revoker = requireDeployed(
  createFunctionRoles({
    ...{ configuration, tableArn: 'arn', proofTableArn: 'arn', tokenKeyArn: 'arn', webIdentityKeyArns: [] },
    ...{ reconciliation: reconciliationAccess, controls: controlAccess },
  }),
  'revoker',
);
const trust = policy({
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
});
const role = (arn: string) => ({ arn: `arn:aws:iam::111111111111:role/${arn}`, trust, policies: [] });

let aws: TestAws;
let client: IAMClient;
let administrator: IAMClient;
/** With the permissions that the stack gives to the function. */
beforeAll(async () => {
  const roles = [role('daypass/Tables'), role('Tables2'), role('daypass/daypass-test-eu-west-1-issuer')];
  const own = { arn: revoker.roleArn, trust, policies: [policy(...revoker.statements)] };
  aws = await startTestAws(withRoles(aWorld(), [...roles, own]));
  const common = { endpoint: aws.url, region: 'us-east-1', maxAttempts: 1 };
  client = new IAMClient({ ...common, credentials: await fetchCredentials(aws, revoker.roleArn) });
  administrator = new IAMClient({ ...common, credentials: { ...admin } });
});
afterAll(async () => {
  client.destroy();
  administrator.destroy();
  await aws.stop();
});
afterEach(() => aws.faults.clear());

const policies = () => createSdkRolePolicies({ client, timeoutMs: 2000 });
const document = (userId = '*:alice') => JSON.stringify(toRevocationDocument([{ userIds: [userId] }]));
const listed = async () =>
  (await administrator.send(new ListRolePoliciesCommand({ RoleName: 'Tables' }))).PolicyNames;

describe('policies of roles', () => {
  it('are put, put again and taken off, also where there is none', async () => {
    const { put, delete: remove } = policies();

    expect(await put('Tables', 'daypass-revoked-1', document())).toEqual({ state: 'DONE' });
    expect(await put('Tables', 'daypass-revoked-1', document())).toEqual({ state: 'DONE' });
    expect(await listed()).toEqual(['daypass-revoked-1']);
    expect(await remove('Tables', 'daypass-revoked-1')).toEqual({ state: 'DONE' });
    expect(await remove('Tables', 'daypass-revoked-1')).toEqual({ state: 'DONE' });
    expect(await listed()).toEqual([]);
  });

  it.each(['Tables2', 'daypass-test-eu-west-1-issuer'])(
    'are not put onto %s: the permissions end there',
    async (name) => {
      expect(await policies().put(name, 'daypass-revoked-1', document())).toMatchObject({
        ...{ state: 'FAILED', isCertain: true },
        detail: expect.stringContaining('may not change this role'),
      });
    },
  );

  it('are none of a role that there is not', async () => {
    const answer = await policies().put('Nobody', 'daypass-revoked-1', document());

    expect(answer).toMatchObject({ state: 'FAILED', isCertain: true });
  });

  it('are no more than a role has room for', async () => {
    const long = JSON.stringify(toRevocationDocument([{ userIds: Array(130).fill(`*:${'x'.repeat(60)}`) }]));
    const { put, delete: remove } = policies();

    expect(await put('Tables', 'daypass-revoked-1', long)).toEqual({ state: 'DONE' });
    expect(await put('Tables', 'daypass-revoked-2', long)).toMatchObject({
      ...{ state: 'FAILED', isCertain: true },
      detail: expect.stringContaining('10 240 characters'),
    });
    await remove('Tables', 'daypass-revoked-1');
  });

  it.each([
    ['reset', false],
    ['malformed', false],
    ['500', false],
    ['throttle', true],
  ] satisfies [FaultKind, boolean][])(
    'are perhaps there after the fault %s: certain not is %s',
    async (kind, isCertain) => {
      aws.faults.replace([{ service: 'iam', operation: 'PutRolePolicy', kind, times: 9 }]);

      expect(await policies().put('Tables', 'daypass-revoked-3', document())).toMatchObject({
        ...{ state: 'FAILED', isCertain },
      });
    },
  );
});
