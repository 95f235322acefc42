import { describe, expect, it } from '@jest/globals';
import { type FunctionName, functionNames } from '../../../lambda/core/function-roles.ts';
import { toFunctionEnvironment } from '../../../local/functions/to-function-environment.ts';
import { aConfiguration, aProfileDocument } from '../../support/a-configuration.ts';
import { aFederatedConfiguration } from '../../support/federated-profiles.ts';
import { reconciliationVariables } from '../../support/reconciliation-tables.ts';

const options = {
  configuration: aConfiguration(),
  apiId: 'local',
  configurationFile: '/data/configuration.json',
  openApiFile: '/data/openapi.json',
  issuanceTable: 'daypass-issuances',
  proofTable: 'daypass-proofs',
  ...reconciliationVariables,
  controlTable: 'daypass-controls',
  quotaTable: 'daypass-quotas',
  apiPolicyId: '0123456789abcdef0123456789abcdef',
  url: 'http://127.0.0.1:8080',
  federationUrl: 'http://127.0.0.1:4566/federation',
  tokenKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/1',
  webIdentityKeyArns: [],
  awsUrl: 'http://127.0.0.1:4566',
  credentials: { uri: 'http://127.0.0.1:4566/x', authorizationToken: 'token' },
} as const;

describe('toFunctionEnvironment', () => {
  it('holds where the credentials are, and none of them', () => {
    const environment = toFunctionEnvironment({ ...options, name: 'issuer' });

    expect(environment).toMatchObject({
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'daypass-prod-eu-west-1-issuer',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:4566/x',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token',
    });
    expect(environment).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
  });

  it.each(functionNames)('leaves %s nowhere else to find credentials', (name) => {
    expect(toFunctionEnvironment({ ...options, name })).toMatchObject({
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    });
  });

  const common = {
    DAYPASS_API_ID: 'local',
    DAYPASS_STAGE: 'prod',
    DAYPASS_CONFIGURATION_FILE: '/data/configuration.json',
  };
  const issuances = { DAYPASS_ISSUANCE_TABLE: 'daypass-issuances' };
  const findings = { DAYPASS_FINDING_TABLE: 'daypass-findings' };
  const proofs = { DAYPASS_PROOF_TABLE: 'daypass-proofs' };
  const controls = {
    DAYPASS_CONTROL_TABLE: 'daypass-controls',
    DAYPASS_QUOTA_TABLE: 'daypass-quotas',
  };
  const policy = { DAYPASS_API_POLICY_ID: '0123456789abcdef0123456789abcdef' };
  const links = {
    DAYPASS_URL: 'http://127.0.0.1:8080',
    DAYPASS_FEDERATION_URL: 'http://127.0.0.1:4566/federation',
    DAYPASS_STS_URL: 'http://127.0.0.1:4566',
  };
  const tokens = {
    DAYPASS_URL: 'http://127.0.0.1:8080',
    DAYPASS_TOKEN_KEY_ARN: 'arn:aws:kms:eu-west-1:111111111111:key/1',
  };

  it.each<[FunctionName, object]>([
    ['authorizer', tokens],
    ['issuer', { ...issuances, ...proofs, ...links, ...controls, ...policy }],
    ['controls', { ...issuances, ...controls, ...policy }],
    ['audit', { ...issuances, ...findings, DAYPASS_OPENAPI_FILE: '/data/openapi.json' }],
    ['saml', { ...tokens, ...proofs }],
  ])('tells %s what the stack tells it, and nothing more', (name, expected) => {
    const environment = Object.entries(toFunctionEnvironment({ ...options, name }));

    const own = Object.fromEntries(environment.filter(([variable]) => variable.startsWith('DAYPASS_')));
    expect(own).toEqual({ ...common, ...expected });
  });

  it.each<[FunctionName, boolean]>([
    ['authorizer', false],
    ['issuer', true],
    ['audit', true],
    ['saml', false],
  ])('where a profile needs web identities, names their keys to %s: %s', (name, isTold) => {
    const configuration = aConfiguration({
      profiles: { long: aProfileDocument({ mechanism: 'web-identity' }) },
    });
    const webIdentityKeyArns = [
      'arn:aws:kms:eu-west-1:111111111111:key/2',
      'arn:aws:kms:eu-west-1:111111111111:key/3',
    ];

    const told = toFunctionEnvironment({ ...options, configuration, webIdentityKeyArns, name });

    expect(told['DAYPASS_WEB_IDENTITY_KEY_ARNS']).toBe(isTold ? webIdentityKeyArns.join(',') : undefined);
    if (isTold) expect(told).toMatchObject({ DAYPASS_URL: 'http://127.0.0.1:8080' });
  });

  it.each<[FunctionName, object]>([
    ['authorizer', {}],
    ['issuer', { DAYPASS_FEDERATOR_SECRET_ARN: 'arn:secret' }],
    ['audit', {}],
    ['saml', {}],
    [
      'rotation',
      {
        DAYPASS_FEDERATOR_SECRET_ARN: 'arn:secret',
        DAYPASS_FEDERATOR_USER_NAME: 'daypass-prod-eu-west-1-federator',
        // The embedded IAM knows a new key at once: nothing is waited for.
        DAYPASS_KEY_TEST_SECONDS: '0',
      },
    ],
  ])('where a profile needs a federator, tells %s of it: %j', (name, expected) => {
    const configuration = aFederatedConfiguration();

    const told = toFunctionEnvironment({ ...options, configuration, federatorSecretArn: 'arn:secret', name });

    const entries = Object.entries(told).filter(([key]) => /FEDERATOR|KEY_TEST/.test(key));
    expect(Object.fromEntries(entries)).toEqual(expected);
  });
});
