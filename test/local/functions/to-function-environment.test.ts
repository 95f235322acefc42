import { describe, expect, it } from '@jest/globals';
import { toFunctionEnvironment } from '../../../local/functions/to-function-environment.ts';

const options = {
  deployment: { accountId: '111111111111', region: 'eu-west-1', partition: 'aws', stage: 'prod' },
  apiId: 'local',
  configurationFile: '/data/configuration.json',
  openApiFile: '/data/openapi.json',
  issuanceTable: 'daypass-issuances',
  awsUrl: 'http://127.0.0.1:4566',
} as const;

describe('toFunctionEnvironment', () => {
  it('holds where the credentials are, and none of them, for a function with a role to use', () => {
    const credentials = { uri: 'http://127.0.0.1:4566/x', authorizationToken: 'token' };

    const environment = toFunctionEnvironment({ ...options, name: 'issuer', credentials });

    expect(environment).toMatchObject({
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'daypass-prod-eu-west-1-issuer',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:4566/x',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token',
      DAYPASS_API_ID: 'local',
      DAYPASS_STAGE: 'prod',
      DAYPASS_CONFIGURATION_FILE: '/data/configuration.json',
      DAYPASS_ISSUANCE_TABLE: 'daypass-issuances',
    });
    expect(environment).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
    expect(environment).not.toHaveProperty('DAYPASS_OPENAPI_FILE');
  });

  it('tells the function that has the open routes where the API’s description is', () => {
    const environment = toFunctionEnvironment({ ...options, name: 'audit' });

    expect(environment).toMatchObject({ DAYPASS_OPENAPI_FILE: '/data/openapi.json' });
  });

  it('leaves a function without credentials nowhere to find some', () => {
    const environment = toFunctionEnvironment({ ...options, name: 'authorizer' });

    expect(Object.keys(environment).filter((name) => name.includes('CONTAINER'))).toEqual([]);
    expect(environment).not.toHaveProperty('DAYPASS_ISSUANCE_TABLE');
    expect(environment).toMatchObject({
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    });
  });
});
