import { describe, expect, it } from '@jest/globals';
import { type FunctionName, requireDeployed, standingFunctions } from '../../lambda/core/function-roles.ts';
import { authorize } from '../../lambda/core/policy/authorize.ts';
import {
  compilePolicy,
  identityPolicyGrammar,
  trustPolicyGrammar,
} from '../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../lambda/core/policy/evaluate-policy.ts';
import { createStrangerRole, requireIntegrationSettings } from '../../lib/integration-permissions.ts';
import { createFunctionRoles } from '../../lib/permissions.ts';
import { aConfiguration } from '../support/a-configuration.ts';

const own = '111111111111';
const alsoOurs = '222222222222';
const ourOrganization = 'o-exampleorg1';
const strangerArn = `arn:aws:iam::${own}:role/daypass/daypass-prod-eu-west-1-stranger`;
const partner = 'arn:aws:iam::777777777777:role/partners/Daypass';

const toConfiguration = (settings: object = {}) =>
  aConfiguration({
    integrations: {
      trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }],
      ownAccounts: [alsoOurs],
      organizationId: ourOrganization,
      ...settings,
    },
  });
const tableArn = (name: string) => `arn:aws:dynamodb:eu-west-1:${own}:table/${name}`;
const keyArn = (name: string) => `arn:aws:kms:eu-west-1:${own}:key/${name}`;
const options = {
  tableArn: tableArn('issuances'),
  keyArn: keyArn('issuances'),
  proofTableArn: tableArn('proofs'),
  tokenKeyArn: keyArn('tokens'),
  webIdentityKeyArns: [],
  integrationTable: { tableArn: tableArn('integrations'), keyArn: keyArn('integrations') },
};

function toRoles(configuration = toConfiguration()) {
  const roles = createFunctionRoles({ configuration, ...options });
  const settings = requireIntegrationSettings(configuration);
  const stranger = createStrangerRole({ deployment: configuration.deployment, settings });
  const statementsOf = (name: Owner) =>
    name === 'stranger' ? stranger.statements : requireDeployed(roles, name).statements;
  return { roles, stranger, statementsOf };
}

type Owner = FunctionName | 'stranger';
type Context = Readonly<Record<string, string>>;

/** As AWS fills it in for an AssumeRole of that role, called in the deployment's region. */
const toContext = (roleArn: string, changes: Context = {}): Context => ({
  'aws:requestedregion': 'eu-west-1',
  'aws:resourceaccount': roleArn.split(':')[4] ?? '',
  ...changes,
});

const withId = { 'sts:externalid': 'daypass-0123456789abcdef' };
const ofOurs = { 'aws:resourceorgid': ourOrganization };

function decide(
  name: Owner,
  { action, resource, context = {} }: { action: string; resource: string; context?: Context },
  configuration = toConfiguration(),
) {
  const Statement = toRoles(configuration).statementsOf(name);
  const policy = compilePolicy({ Version: '2012-10-17', Statement }, identityPolicyGrammar);
  const { effect, statement } = evaluatePolicy([policy], {
    action,
    resource,
    context: new Map(Object.entries(context)),
  });
  return effect === 'ExplicitDeny' ? statement?.sid : effect;
}

const assume = (name: Owner, roleArn: string, changes: Context = {}, configuration = toConfiguration()) =>
  decide(
    name,
    { action: 'sts:AssumeRole', resource: roleArn, context: toContext(roleArn, changes) },
    configuration,
  );

const askers = ['integration-issuer', 'stranger'] as const;

describe('the role of the function that issues for third parties, and the stranger', () => {
  it.each(askers)('%s asks for a partner’s role with an ExternalId', (name) => {
    expect(assume(name, partner, withId)).toBe('Allow');
    // In an organization of its own.
    expect(assume(name, partner, { ...withId, 'aws:resourceorgid': 'o-partner1234' })).toBe('Allow');
  });

  it.each(askers)('%s is denied every role without one', (name) => {
    expect(assume(name, partner)).toBe('DenyWithoutExternalId');
    expect(assume(name, strangerArn)).toBe('DenyWithoutExternalId');
  });

  it.each([
    ['a role of the broker’s account', `arn:aws:iam::${own}:role/Admin`],
    ['one with a path', `arn:aws:iam::${own}:role/daypass/Reports`],
    ['the broker’s own', `arn:aws:iam::${own}:role/daypass/daypass-prod-eu-west-1-integration-issuer`],
    ['the broker’s own in other case', `arn:aws:iam::${own}:role/DAYPASS/Daypass-Prod-eu-west-1-Issuer`],
    ['the stranger', strangerArn],
    ['a service-linked role', `arn:aws:iam::${own}:role/aws-service-role/x.amazonaws.com/X`],
    ['a role of another account of ours', `arn:aws:iam::${alsoOurs}:role/Admin`],
  ])('are denied %s, whatever AWS says of its account', (_what, roleArn) => {
    for (const name of askers) {
      expect(assume(name, roleArn, withId)).toBe('DenyOwnAccounts');
      expect(assume(name, roleArn, { ...withId, 'aws:resourceaccount': '777777777777' })).toBe(
        'DenyOwnAccounts',
      );
    }
  });

  it.each(askers)('%s is denied a role of our organization in an account that nobody listed', (name) => {
    expect(assume(name, partner, { ...withId, ...ofOurs })).toBe('DenyOwnOrganization');
  });

  it.each(askers)('%s is denied another region, and one that the request does not say', (name) => {
    expect(assume(name, partner, { ...withId, 'aws:requestedregion': 'us-east-1' })).toBe('DenyOtherRegions');
    const { 'aws:requestedregion': _left, ...context } = toContext(partner, withId);
    expect(decide(name, { action: 'sts:AssumeRole', resource: partner, context })).toBe('DenyOtherRegions');
  });

  it('set source identities and tags, the stranger too: it is refused in the shape of a real request', () => {
    for (const action of ['sts:SetSourceIdentity', 'sts:TagSession']) {
      for (const name of askers) expect(decide(name, { action, resource: partner })).toBe('Allow');
    }
  });
});

describe('the role of the prober', () => {
  it('asks for a partner’s role without an ExternalId, and with one, to see that the role would let it in', () => {
    expect(assume('prober', partner)).toBe('Allow');
    expect(assume('prober', partner, withId)).toBe('Allow');
  });

  it.each([
    ['our organization', partner, ofOurs, 'DenyOwnOrganization'],
    ['another region', partner, { 'aws:requestedregion': 'eu-west-2' }, 'DenyOtherRegions'],
  ])('is denied %s', (_what, roleArn, context, sid) => {
    expect(assume('prober', roleArn, context)).toBe(sid);
  });

  it.each([
    ['a role of the broker’s account', `arn:aws:iam::${own}:role/Admin`],
    ['the issuing role', `arn:aws:iam::${own}:role/daypass/daypass-prod-eu-west-1-issuer`],
    ['the stranger in other case', strangerArn.replace('stranger', 'Stranger')],
    ['a role whose name begins as the stranger’s', `${strangerArn}2`],
    ['the stranger of another stage', strangerArn.replace('-prod-', '-test-')],
    ['a role of another account of ours', `arn:aws:iam::${alsoOurs}:role/Admin`],
    ['the stranger’s name in another account of ours', strangerArn.replace(own, alsoOurs)],
  ])('is denied %s', (_what, roleArn) => {
    expect(assume('prober', roleArn)).toBe('DenyOwnAccounts');
  });

  it('is denied a role of which AWS does not say whose it is', () => {
    const { 'aws:resourceaccount': _left, ...context } = toContext(partner);

    expect(decide('prober', { action: 'sts:AssumeRole', resource: partner, context })).toBe(
      'DenyOwnAccounts',
    );
  });

  it('takes the stranger’s role, which is of our organization', () => {
    expect(assume('prober', strangerArn, ofOurs)).toBe('Allow');
  });

  it('asks in the shape of a real request, and for nothing but roles', () => {
    for (const action of ['sts:SetSourceIdentity', 'sts:TagSession'])
      expect(decide('prober', { action, resource: partner })).toBe('Allow');
    for (const action of ['sts:GetFederationToken', 'sts:AssumeRoot', 'lambda:InvokeFunction'])
      expect(decide('prober', { action, resource: partner })).toBe('ImplicitDeny');
  });
});

describe('the stranger’s trust policy', () => {
  const { deployment } = toConfiguration();
  const { trust, roleArn } = createStrangerRole({
    deployment,
    settings: requireIntegrationSettings(toConfiguration()),
  });
  const trusts = (name: string, accountId = own) => {
    const callerArn = `arn:aws:iam::${accountId}:role/daypass/daypass-prod-eu-west-1-${name}`;
    const everything = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' };
    return authorize({
      request: {
        principal: {
          type: 'AWS',
          arn: `arn:aws:sts::${accountId}:assumed-role/${name}/x`,
          accountId,
          roleArn: callerArn,
        },
        action: 'sts:AssumeRole',
        resource: roleArn,
        context: new Map([['aws:principalarn', callerArn]]),
      },
      identityPolicies: [
        compilePolicy({ Version: '2012-10-17', Statement: [everything] }, identityPolicyGrammar),
      ],
      resourcePolicy: compilePolicy(trust, trustPolicyGrammar),
      resourceAccountId: own,
    }).effect;
  };

  it('lets the prober in, and nobody else of the account, whatever their own policies allow', () => {
    expect(trusts('prober')).toBe('Allow');
    expect(
      ['integration-issuer', 'issuer', 'integrations', 'prober2', 'Prober', 'admin'].map((name) =>
        trusts(name),
      ),
    ).toEqual(Array.from({ length: 6 }, () => 'ImplicitDeny'));
    expect(trusts('prober', alsoOurs)).toBe('ImplicitDeny');
  });
});

describe('who invokes whom', () => {
  const { roles } = toRoles();
  const invoking = (target: string) =>
    (Object.keys(roles) as FunctionName[]).filter(
      (name) =>
        decide(name, {
          action: 'lambda:InvokeFunction',
          resource: `arn:aws:lambda:eu-west-1:${own}:function:daypass-prod-eu-west-1-${target}`,
        }) === 'Allow',
    );

  it('is one function for each that is invoked', () => {
    expect(invoking('integration-issuer:verify')).toEqual(['integrations']);
    expect(invoking('prober')).toEqual(['integration-issuer']);
    // Without the alias the one that issues takes events in which anybody can be named.
    const issuing = ['', ':$LATEST', ':1', ':verify2'].map((qualifier) => `integration-issuer${qualifier}`);
    for (const other of [...issuing, 'integrations', 'issuer', 'authorizer', 'stranger', 'prober2']) {
      expect(invoking(other)).toEqual([]);
    }
  });
});

describe('the table of third parties', () => {
  const { roles } = toRoles();
  const may = (action: string, resource = tableArn('integrations'), context: Context = {}) =>
    (Object.keys(roles) as FunctionName[]).filter(
      (name) => decide(name, { action, resource, context }) === 'Allow',
    );

  it('is read by those who need it, added to by one, and changed or deleted from by nobody', () => {
    expect(may('dynamodb:Query')).toEqual(['authorizer', 'integrations', 'integration-issuer', 'prober']);
    expect(may('dynamodb:PutItem')).toEqual(['integrations']);
    expect(may('dynamodb:Query', `${tableArn('integrations')}/index/listing`)).toEqual(['integrations']);
    for (const action of ['DeleteItem', 'UpdateItem', 'Scan', 'BatchWriteItem', 'DeleteTable']) {
      expect(may(`dynamodb:${action}`)).toEqual([]);
    }
  });

  it('has a key that is used by way of DynamoDB alone', () => {
    const via = { 'kms:viaservice': 'dynamodb.eu-west-1.amazonaws.com' };

    expect(may('kms:Decrypt', keyArn('integrations'), via)).toEqual([
      ...['authorizer', 'integrations', 'integration-issuer', 'prober'],
    ]);
    expect(may('kms:GenerateDataKey', keyArn('integrations'), via)).toEqual(['integrations']);
    expect(may('kms:Decrypt', keyArn('integrations'))).toEqual([]);
  });

  it('is out of reach of the function that issues for profiles, and issuances and proofs of the prober', () => {
    expect(may('dynamodb:PutItem', tableArn('issuances'))).toEqual([
      ...['issuer', 'controls', 'integrations', 'integration-issuer'],
    ]);
    expect(may('dynamodb:UpdateItem', tableArn('issuances'))).toEqual(['issuer', 'integration-issuer']);
    expect(may('dynamodb:PutItem', tableArn('proofs'))).toEqual([
      ...['issuer', 'saml', 'integrations', 'integration-issuer'],
    ]);
  });
});

describe('a configuration', () => {
  it('without an organization has no Deny of one, which would match roles that are in none', () => {
    const alone = toConfiguration({ organizationId: undefined, ownAccounts: [] });

    for (const name of [...askers, 'prober'] as const) {
      const sids = toRoles(alone)
        .statementsOf(name)
        .map(({ Sid }) => Sid);
      expect(sids).toContain('DenyOwnAccounts');
      expect(sids).not.toContain('DenyOwnOrganization');
    }
    expect(assume('integration-issuer', `arn:aws:iam::${own}:role/Admin`, withId, alone)).toBe(
      'DenyOwnAccounts',
    );
  });

  it('has wildcards in the Allow of partners’ roles and of nothing else, and each Sid once', () => {
    for (const name of ['authorizer', 'integrations', 'integration-issuer', 'prober', 'stranger'] as const) {
      const statements = toRoles().statementsOf(name);
      const wild = statements.filter(
        ({ Effect, Resource }) => Effect === 'Allow' && /[*?]/.test(JSON.stringify(Resource)),
      );

      expect(wild.map(({ Sid }) => Sid).filter((sid) => sid !== 'EnterPartnersRoles')).toEqual([]);
      expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(statements.length);
    }
  });

  it('without third parties has none of their functions, and the authorizer no table of them', () => {
    const roles = createFunctionRoles({ configuration: aConfiguration(), ...options });

    expect(Object.keys(roles)).toEqual([...standingFunctions]);
    expect(JSON.stringify(roles)).not.toContain('integrations');
  });

  it('with third parties is refused without a table for them', () => {
    const { integrationTable: _left, ...others } = options;

    expect(() => createFunctionRoles({ configuration: toConfiguration(), ...others })).toThrow(/has no ARN/);
  });
});
