import { describe, expect, it } from '@jest/globals';
import { type FunctionName, requireDeployed, standingFunctions } from '../../lambda/core/function-roles.ts';
import { compilePolicy, identityPolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../lambda/core/policy/evaluate-policy.ts';
import { createFunctionRoles, type IamStatement } from '../../lib/permissions.ts';
import { aConfiguration, aProfileDocument } from '../support/a-configuration.ts';

const named = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';
const inOwnAccount = 'arn:aws:iam::111111111111:role/Reports';
const partner = 'arn:aws:iam::444444444444:role/DaypassReports';
const otherPartner = 'arn:aws:iam::555555555555:role/DaypassReports';
const anonymous = 'arn:aws:iam::333333333333:role/Legacy';

const configuration = aConfiguration({
  profiles: {
    'prod-readonly': aProfileDocument({ roleArn: named, sessionTags: { Team: 'payments' } }),
    reports: aProfileDocument({ roleArn: inOwnAccount }),
    partner: aProfileDocument({ roleArn: partner, externalId: 'partner-id-1' }),
    'other-partner': aProfileDocument({ roleArn: otherPartner, externalId: 'partner-id-2' }),
    legacy: aProfileDocument({ roleArn: anonymous, setSourceIdentity: false }),
  },
});
const tableArn = 'arn:aws:dynamodb:eu-west-1:111111111111:table/issuances';
const keyArn = 'arn:aws:kms:eu-west-1:111111111111:key/0f1e2d3c';
const proofTableArn = 'arn:aws:dynamodb:eu-west-1:111111111111:table/proofs';
const tokenKeyArn = 'arn:aws:kms:eu-west-1:111111111111:key/4a5b6c7d';
const parts = { tableArn, proofTableArn, tokenKeyArn, webIdentityKeyArns: [] };
const roles = createFunctionRoles({ configuration, ...parts, keyArn });

const rs256 = { 'kms:signingalgorithm': 'RSASSA_PKCS1_V1_5_SHA_256', 'kms:messagetype': 'DIGEST' };
const viaDynamodb = { 'kms:viaservice': 'dynamodb.eu-west-1.amazonaws.com' };
const inRegion = { 'aws:requestedregion': 'eu-west-1' };
const asSomebody = { ...inRegion, 'sts:sourceidentity': 'okta.jane' };

function decide(
  name: FunctionName,
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
) {
  const document = { Version: '2012-10-17', Statement: requireDeployed(roles, name).statements };
  const policy = compilePolicy(document, identityPolicyGrammar);
  return evaluatePolicy([policy], { action, resource, context: new Map(Object.entries(context)) });
}

describe('createFunctionRoles', () => {
  it('names the roles and their path when given a deployment', () => {
    expect(Object.values(roles).map(({ roleArn }) => roleArn)).toEqual([
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-authorizer',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-audit',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-saml',
      ...['controls', 'publisher', 'reconciler'].map(
        (name) => `arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-${name}`,
      ),
    ]);
  });

  it('gives the authorizer the public half of the key that signs tokens, and nothing else', () => {
    expect(roles.authorizer.statements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['kms:GetPublicKey'], [tokenKeyArn]],
    ]);
  });

  it('lets one function alone sign, and the one that calls STS not even read the key', () => {
    const using = (action: string) =>
      standingFunctions.filter(
        (name) => decide(name, action, tokenKeyArn, { ...rs256, ...viaDynamodb }).effect !== 'ImplicitDeny',
      );

    expect(using('kms:Sign')).toEqual(['saml']);
    expect(using('kms:GetPublicKey')).toEqual(['authorizer']);
  });

  it('lets one function alone call STS', () => {
    const calling = standingFunctions.filter((name) => roles[name].statements.some(isAboutSts));

    expect(calling).toEqual(['issuer']);
  });

  it('grants no assuming when there is no profile', () => {
    const { issuer } = createFunctionRoles({ configuration: aConfiguration({ profiles: {} }), ...parts });

    const allows = issuer.statements.filter(({ Effect }) => Effect === 'Allow');
    expect(allows.flatMap(({ Action }) => Action)).not.toContain('sts:AssumeRole');
  });

  it('denies every role of its own account when there is no profile: there a trust policy alone would suffice', () => {
    const { statements } = createFunctionRoles({
      configuration: aConfiguration({ profiles: {} }),
      ...parts,
    }).issuer;
    const policy = compilePolicy({ Version: '2012-10-17', Statement: statements }, identityPolicyGrammar);
    const context = new Map(Object.entries(asSomebody));

    const { effect } = evaluatePolicy([policy], {
      action: 'sts:AssumeRole',
      resource: inOwnAccount,
      context,
    });

    expect(effect).toBe('ExplicitDeny');
  });

  it('names each role once when several profiles share it', () => {
    const shared = aConfiguration({
      profiles: { one: aProfileDocument({ roleArn: named }), two: aProfileDocument({ roleArn: named }) },
    });

    const { issuer } = createFunctionRoles({ configuration: shared, ...parts });

    for (const { Resource } of issuer.statements.filter(isAboutSts)) {
      if (Array.isArray(Resource)) expect(Resource).toEqual([...new Set(Resource)]);
    }
  });

  it('has no action wildcard, and a resource wildcard in a Deny only', () => {
    for (const statement of Object.values(roles).flatMap(({ statements }) => statements)) {
      expect(statement.Action.join()).not.toMatch(/[*?]/);
      if (statement.Effect === 'Allow') expect(JSON.stringify(statement.Resource)).not.toMatch(/[*?]/);
    }
  });

  it('denies every role of its own account when no profile names one there', () => {
    const abroad = aConfiguration({ profiles: { 'prod-readonly': aProfileDocument({ roleArn: named }) } });
    const { statements } = createFunctionRoles({ configuration: abroad, ...parts }).issuer;
    const policy = compilePolicy({ Version: '2012-10-17', Statement: statements }, identityPolicyGrammar);
    const context = new Map(Object.entries(asSomebody));
    const decideOn = (resource: string) =>
      evaluatePolicy([policy], { action: 'sts:AssumeRole', resource, context }).effect;

    expect(decideOn(inOwnAccount)).toBe('ExplicitDeny');
    expect(decideOn('arn:aws:iam::111111111111:role/daypass/Admin')).toBe('ExplicitDeny');
    expect(decideOn(`${named}2`)).toBe('ImplicitDeny');
    expect(decideOn(named)).toBe('Allow');
  });

  it('names each statement once', () => {
    const sids = roles.issuer.statements.map(({ Sid }) => Sid);

    expect(new Set(sids).size).toBe(sids.length);
  });
});

describe('the issuer', () => {
  const withExternalId = (externalId: string) => ({ ...asSomebody, 'sts:externalid': externalId });

  it.each([
    ['a named role', 'sts:AssumeRole', named, asSomebody],
    ['a named role of its own account', 'sts:AssumeRole', inOwnAccount, asSomebody],
    ['a role whose profile sets no source identity', 'sts:AssumeRole', anonymous, inRegion],
    ['a partner role with its external id', 'sts:AssumeRole', partner, withExternalId('partner-id-1')],
    ['the source identity', 'sts:SetSourceIdentity', named, asSomebody],
    ['the source identity of a partner session', 'sts:SetSourceIdentity', partner, asSomebody],
    ['the tags of a profile that sets them', 'sts:TagSession', named, asSomebody],
    ['a new row', 'dynamodb:PutItem', tableArn, {}],
    ['an outcome', 'dynamodb:UpdateItem', tableArn, {}],
    ['a row read back', 'dynamodb:GetItem', tableArn, {}],
    ['a proof consumed', 'dynamodb:PutItem', proofTableArn, {}],
    ['a proof read back', 'dynamodb:GetItem', proofTableArn, {}],
    ['the key, by way of DynamoDB', 'kms:Decrypt', keyArn, viaDynamodb],
  ])('may: %s', (_, action, resource, context) => {
    expect(decide('issuer', action, resource, context).effect).toBe('Allow');
  });

  it.each([
    ['no source identity', named, inRegion, 'DenyWithoutSourceIdentity'],
    ['no source identity, in its own account', inOwnAccount, inRegion, 'DenyWithoutSourceIdentity'],
    ['another role of its own account', `${inOwnAccount}2`, asSomebody, 'DenyRolesThatNoProfileNames'],
    [
      'one of its own account in another case',
      inOwnAccount.replace('R', 'r'),
      asSomebody,
      'DenyRolesThatNoProfileNames',
    ],
    [
      "a named role's name in its own account",
      named.replace('222222222222', '111111111111'),
      asSomebody,
      'DenyRolesThatNoProfileNames',
    ],
    ['its own role', roles.issuer.roleArn, asSomebody, 'DenyRolesThatNoProfileNames'],
    ['another region', named, { ...asSomebody, 'aws:requestedregion': 'eu-west-2' }, 'DenyOtherRegions'],
    ['the global endpoint', named, { ...asSomebody, 'aws:requestedregion': 'us-east-1' }, 'DenyOtherRegions'],
    ['an unknown region', named, { 'sts:sourceidentity': 'okta.jane' }, 'DenyOtherRegions'],
    [
      'another region for a role without source identity',
      anonymous,
      { 'aws:requestedregion': 'us-east-1' },
      'DenyOtherRegions',
    ],
  ])('may not assume a role with: %s', (_, resource, context, sid) => {
    const { effect, statement } = decide('issuer', 'sts:AssumeRole', resource, context);

    expect([effect, statement?.sid]).toEqual(['ExplicitDeny', sid]);
  });

  it.each([
    ['a partner role without external id', 'sts:AssumeRole', partner, asSomebody],
    ["a partner role with another partner's id", 'sts:AssumeRole', partner, withExternalId('partner-id-2')],
    ['a partner role with an id of another case', 'sts:AssumeRole', partner, withExternalId('Partner-id-1')],
    ['a partner role with a longer id', 'sts:AssumeRole', partner, withExternalId('partner-id-11')],
    ['a role whose name begins alike', 'sts:AssumeRole', `${named}Admin`, asSomebody],
    ['a role of another case', 'sts:AssumeRole', named.replace('ReadOnly', 'readonly'), asSomebody],
    ['the same name without the path', 'sts:AssumeRole', named.replace('daypass/', ''), asSomebody],
    ['the same name in another account', 'sts:AssumeRole', named.replace('2222', '2223'), asSomebody],
    ['tags where no profile sets any', 'sts:TagSession', partner, asSomebody],
    ['a source identity where none is set', 'sts:SetSourceIdentity', anonymous, asSomebody],
    ['a role by web identity', 'sts:AssumeRoleWithWebIdentity', named, asSomebody],
    ['a federation token', 'sts:GetFederationToken', named, asSomebody],
    ['a deleted row', 'dynamodb:DeleteItem', tableArn, {}],
    ['a proof made good again', 'dynamodb:DeleteItem', proofTableArn, {}],
    ['a proof changed', 'dynamodb:UpdateItem', proofTableArn, {}],
    ['the proofs scanned', 'dynamodb:Scan', proofTableArn, {}],
    ['a token signed', 'kms:Sign', tokenKeyArn, rs256],
    ['a query', 'dynamodb:Query', `${tableArn}/index/byPrincipal`, {}],
    ['a scan', 'dynamodb:Scan', tableArn, {}],
    ['a batch', 'dynamodb:BatchWriteItem', tableArn, {}],
    ['another table', 'dynamodb:PutItem', `${tableArn}2`, {}],
    ['the key, by itself', 'kms:Decrypt', keyArn, {}],
    [
      'the key, by way of another service',
      'kms:Decrypt',
      keyArn,
      { 'kms:viaservice': 's3.eu-west-1.amazonaws.com' },
    ],
    ['the key, scheduled for deletion', 'kms:ScheduleKeyDeletion', keyArn, viaDynamodb],
    ['a grant on the key', 'kms:CreateGrant', keyArn, viaDynamodb],
  ])('may not: %s', (_, action, resource, context) => {
    expect(decide('issuer', action, resource, context).effect).toBe('ImplicitDeny');
  });
});

describe('the issuer, for a chain', () => {
  const gateway = 'arn:aws:iam::222222222222:role/daypass/Gateway';
  const relay = 'arn:aws:iam::333333333333:role/Relay';
  const end = 'arn:aws:iam::444444444444:role/Warehouse';
  const ownRelay = 'arn:aws:iam::111111111111:role/Relay';
  const statementsFor = (...profiles: readonly object[]) => {
    const documents = profiles.map((keys, index) => [`p${index}`, aProfileDocument({ ...keys })]);
    const chained = aConfiguration({ profiles: Object.fromEntries(documents) });
    return createFunctionRoles({ configuration: chained, ...parts }).issuer.statements;
  };
  const decideBy = (statements: readonly IamStatement[], action: string, resource: string, context = {}) => {
    const policy = compilePolicy({ Version: '2012-10-17', Statement: statements }, identityPolicyGrammar);
    const entries = Object.entries({ ...asSomebody, ...context });
    return evaluatePolicy([policy], { action, resource, context: new Map(entries) }).effect;
  };
  const chain = { via: [gateway, relay], roleArn: end, externalId: 'end-id' };
  const effects = (statements: readonly IamStatement[], action: string, context = {}) =>
    [gateway, relay, end].map((resource) => decideBy(statements, action, resource, context));

  it('may assume the first role, without the ExternalId of the end, and none of the others', () => {
    const allowed = ['Allow', 'ImplicitDeny', 'ImplicitDeny'];

    expect(effects(statementsFor(chain), 'sts:AssumeRole')).toEqual(allowed);
    expect(effects(statementsFor(chain), 'sts:AssumeRole', { 'sts:externalid': 'end-id' })).toEqual(allowed);
    expect(JSON.stringify(statementsFor(chain))).not.toMatch(/Relay|Warehouse|end-id/);
  });

  it('sets the source identity of the first session alone, and must', () => {
    const statements = statementsFor(chain);

    expect(effects(statements, 'sts:SetSourceIdentity')).toEqual(['Allow', 'ImplicitDeny', 'ImplicitDeny']);
    expect(
      evaluatePolicy(
        [compilePolicy({ Version: '2012-10-17', Statement: statements }, identityPolicyGrammar)],
        { action: 'sts:AssumeRole', resource: gateway, context: new Map(Object.entries(inRegion)) },
      ),
    ).toMatchObject({ effect: 'ExplicitDeny', statement: { sid: 'DenyWithoutSourceIdentity' } });
  });

  it.each([
    ['tags for the end', { acceptedTagKeys: ['Purpose'] }, 'ImplicitDeny'],
    ['no tags', {}, 'ImplicitDeny'],
    ['tags that go on', { acceptedTagKeys: ['Purpose'], transitiveTagKeys: ['Purpose'] }, 'Allow'],
  ])('tags the first session where there are %s: %j, %s', (_name, keys, expected) => {
    const statements = statementsFor({ ...chain, ...keys });

    expect(effects(statements, 'sts:TagSession')).toEqual([expected, 'ImplicitDeny', 'ImplicitDeny']);
  });

  it('is denied later roles of its own account, whoever these trust', () => {
    const abroad = statementsFor({ ...chain, via: [gateway, ownRelay] });
    const home = statementsFor({ ...chain, via: [ownRelay, gateway], roleArn: inOwnAccount });

    expect(decideBy(abroad, 'sts:AssumeRole', ownRelay)).toBe('ExplicitDeny');
    expect(decideBy(home, 'sts:AssumeRole', ownRelay)).toBe('Allow');
    expect(decideBy(home, 'sts:AssumeRole', inOwnAccount)).toBe('ExplicitDeny');
  });

  it('may assume the end of a chain where another profile has it without one', () => {
    const statements = statementsFor(chain, { roleArn: end, externalId: 'end-id' });

    expect(effects(statements, 'sts:AssumeRole')).toEqual(['Allow', 'ImplicitDeny', 'ImplicitDeny']);
    expect(effects(statements, 'sts:AssumeRole', { 'sts:externalid': 'end-id' })[2]).toBe('Allow');
  });
});

describe('the audit', () => {
  it.each([
    ['one row', 'dynamodb:GetItem', tableArn, {}],
    ['rows by principal', 'dynamodb:Query', `${tableArn}/index/byPrincipal`, {}],
    ['rows by access key id', 'dynamodb:Query', `${tableArn}/index/byAccessKeyId`, {}],
    ['rows by day', 'dynamodb:Query', `${tableArn}/index/byDay`, {}],
    ['the keys of what is open', 'dynamodb:Query', `${tableArn}/index/open`, {}],
    ['what is encrypted, by way of DynamoDB', 'kms:Decrypt', keyArn, viaDynamodb],
  ])('may read %s', (_, action, resource, context) => {
    expect(decide('audit', action, resource, context).effect).toBe('Allow');
  });

  it.each([
    ['write a row', 'dynamodb:PutItem', tableArn, {}],
    ['change a row', 'dynamodb:UpdateItem', tableArn, {}],
    ['delete a row', 'dynamodb:DeleteItem', tableArn, {}],
    ['scan the table', 'dynamodb:Scan', tableArn, {}],
    ['query the table itself', 'dynamodb:Query', tableArn, {}],
    ['scan what is open', 'dynamodb:Scan', `${tableArn}/index/open`, {}],
    ['read an index by key', 'dynamodb:GetItem', `${tableArn}/index/byPrincipal`, {}],
    ['encrypt', 'kms:Encrypt', keyArn, viaDynamodb],
    ['make a data key', 'kms:GenerateDataKey', keyArn, viaDynamodb],
    ['decrypt by itself', 'kms:Decrypt', keyArn, {}],
    ['assume a role', 'sts:AssumeRole', named, asSomebody],
    ['read a proof', 'dynamodb:GetItem', proofTableArn, {}],
    ['sign a token', 'kms:Sign', tokenKeyArn, rs256],
  ])('may not %s', (_, action, resource, context) => {
    expect(decide('audit', action, resource, context).effect).toBe('ImplicitDeny');
  });
});

describe('the function that takes assertions', () => {
  it.each([
    ['sign a digest by RS256', 'kms:Sign', tokenKeyArn, rs256],
    ['consume an assertion', 'dynamodb:PutItem', proofTableArn, {}],
    ['read back whether it was its own', 'dynamodb:GetItem', proofTableArn, {}],
  ])('may %s', (_, action, resource, context) => {
    expect(decide('saml', action, resource, context).effect).toBe('Allow');
  });

  it.each([
    [
      'sign by another algorithm',
      'kms:Sign',
      tokenKeyArn,
      { ...rs256, 'kms:signingalgorithm': 'RSASSA_PSS_SHA_256' },
    ],
    ['sign without naming one', 'kms:Sign', tokenKeyArn, { 'kms:messagetype': 'DIGEST' }],
    ['sign a whole message', 'kms:Sign', tokenKeyArn, { ...rs256, 'kms:messagetype': 'RAW' }],
    ['sign with another key', 'kms:Sign', keyArn, { ...rs256, ...viaDynamodb }],
    ['verify', 'kms:Verify', tokenKeyArn, rs256],
    ['grant the key', 'kms:CreateGrant', tokenKeyArn, rs256],
    ['forget an assertion', 'dynamodb:DeleteItem', proofTableArn, {}],
    ['change an assertion', 'dynamodb:UpdateItem', proofTableArn, {}],
    ['read an issuance', 'dynamodb:GetItem', tableArn, {}],
    ['write an issuance', 'dynamodb:PutItem', tableArn, {}],
    ['assume a role', 'sts:AssumeRole', named, asSomebody],
    ['assume a role by SAML', 'sts:AssumeRoleWithSAML', named, asSomebody],
  ])('may not %s', (_, action, resource, context) => {
    expect(decide('saml', action, resource, context).effect).toBe('ImplicitDeny');
  });
});

const isAboutSts = ({ Action }: IamStatement) => Action.some((action) => action.startsWith('sts:'));

describe('a profile of mechanism web-identity', () => {
  const keys = ['arn:aws:kms:eu-west-1:111111111111:key/new', 'arn:aws:kms:eu-west-1:111111111111:key/old'];
  const web = aConfiguration({ profiles: { long: aProfileDocument({ mechanism: 'web-identity' }) } });
  const { issuer, audit, saml, authorizer } = createFunctionRoles({
    ...parts,
    configuration: web,
    webIdentityKeyArns: keys,
  });
  const allowed = ({ statements }: { statements: readonly IamStatement[] }, action: string) =>
    statements
      .filter(({ Effect, Action }) => Effect === 'Allow' && Action.includes(action))
      .flatMap(({ Resource }) => Resource ?? []);

  it('needs no permission to assume its role', () => {
    expect(allowed(issuer, 'sts:AssumeRole')).toEqual([]);
    expect(allowed(issuer, 'sts:AssumeRoleWithWebIdentity')).toEqual([]);
    expect(allowed(issuer, 'sts:TagSession')).toEqual([]);
  });

  it('lets the issuer sign with each key, so that a rotation refuses nobody, and RS256 over digests alone', () => {
    expect(allowed(issuer, 'kms:Sign')).toEqual(keys);
    expect(issuer.statements.find(({ Sid }) => Sid === 'SignWebIdentities')?.Condition).toEqual({
      StringEquals: { 'kms:SigningAlgorithm': 'RSASSA_PKCS1_V1_5_SHA_256', 'kms:MessageType': 'DIGEST' },
    });
  });

  it('lets the audit read the public halves of all, and nobody else use one', () => {
    expect(allowed(audit, 'kms:GetPublicKey')).toEqual(keys);
    expect(allowed(audit, 'kms:Sign')).toEqual([]);
    expect(JSON.stringify([saml, authorizer])).not.toMatch(/key\/(new|old)/);
  });
});

describe('a profile of mechanism federation-token', () => {
  const sessionPolicy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' }],
  };
  const { description, trust } = aProfileDocument();
  const federated = aConfiguration({
    profiles: { reports: { description, trust, mechanism: 'federation-token', sessionPolicy } },
  });
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:federator-AbCdEf';
  const userArn = 'arn:aws:iam::111111111111:user/daypass/daypass-prod-eu-west-1-federator';
  const all = createFunctionRoles({ configuration: federated, ...parts, federatorSecretArn: secretArn });
  const decideFor = (name: FunctionName, action: string, resource: string) => {
    const document = { Version: '2012-10-17', Statement: requireDeployed(all, name).statements };
    const policy = compilePolicy(document, identityPolicyGrammar);
    return evaluatePolicy([policy], { action, resource, context: new Map(Object.entries(inRegion)) }).effect;
  };

  it('has a function that rotates, with a role of its own, which no other deployment has', () => {
    expect(all.rotation?.roleArn).toBe(
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-rotation',
    );
    expect(roles.rotation).toBeUndefined();
    expect(JSON.stringify(roles)).not.toMatch(/secretsmanager:|iam:\w*AccessKey/);
  });

  it.each([
    ['issuer', ['secretsmanager:GetSecretValue']],
    [
      'rotation',
      [
        'iam:CreateAccessKey',
        'iam:DeleteAccessKey',
        'iam:ListAccessKeys',
        'iam:UpdateAccessKey',
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
    ],
    ['authorizer', []],
    ['audit', []],
    ['saml', []],
  ] as const)('lets %s have of key and secret: %j', (name, expected) => {
    const allowed = requireDeployed(all, name).statements.filter(({ Effect }) => Effect === 'Allow');

    const actions = allowed.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /^(iam|secretsmanager):/.test(action))).toEqual(expected);
  });

  it('gives the rotation nothing but that', () => {
    const statements = requireDeployed(all, 'rotation').statements;

    expect(statements.map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
      ['ReplaceKeys', [userArn]],
      ['ReplaceSecret', [secretArn]],
    ]);
  });

  it.each([
    ['iam:CreateAccessKey', 'arn:aws:iam::111111111111:user/operator'],
    ['iam:CreateAccessKey', `${userArn}2`],
    ['iam:CreateAccessKey', userArn.replace('/daypass/', '/')],
    ['iam:PutUserPolicy', userArn],
    ['iam:AttachUserPolicy', userArn],
    ['iam:CreateLoginProfile', userArn],
    ['secretsmanager:GetSecretValue', `${secretArn.slice(0, -6)}ZZZZZZ`],
    ['secretsmanager:DeleteSecret', secretArn],
    ['secretsmanager:PutResourcePolicy', secretArn],
    ['secretsmanager:UpdateSecret', secretArn],
    ['secretsmanager:RotateSecret', secretArn],
    ['sts:GetFederationToken', 'arn:aws:sts::111111111111:federated-user/x'],
    ['sts:AssumeRole', named],
  ])('lets the rotation not do %s on %s', (action, resource) => {
    expect(decideFor('rotation', action, resource)).toBe('ImplicitDeny');
  });

  it.each([
    ['secretsmanager:GetSecretValue', `${secretArn.slice(0, -6)}ZZZZZZ`],
    ['secretsmanager:PutSecretValue', secretArn],
    ['iam:CreateAccessKey', userArn],
    ['sts:GetFederationToken', 'arn:aws:sts::111111111111:federated-user/x'],
  ])('lets the issuer not do %s on %s', (action, resource) => {
    expect(decideFor('issuer', action, resource)).toBe('ImplicitDeny');
  });
});
