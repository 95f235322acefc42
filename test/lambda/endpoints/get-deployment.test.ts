import { describe, expect, it } from '@jest/globals';
import type { OidcLogin } from '../../../lambda/core/configuration.ts';
import { createGetDeployment } from '../../../lambda/endpoints/get-deployment.ts';
import { deploymentAnswer } from '../../../lambda/http/open-schemas.ts';

import { anOpenRequest } from '../../support/an-event.ts';
import { aSamlIssuer } from '../../support/issuers.ts';
import { issuingConfiguration } from '../../support/issuing.ts';
import { anOidcIssuer } from '../../support/tokens.ts';

const getDeployment = (configuration = issuingConfiguration) =>
  createGetDeployment(configuration, '1.2.3')(anOpenRequest());

describe('GET deployment', () => {
  it('says how to log in: where to get a token and for which audience, or how to sign', async () => {
    const { status, body } = await getDeployment();

    expect(status).toBe(200);
    expect(deploymentAnswer.parse(body)).toEqual({
      version: '1.2.3',
      region: 'eu-west-1',
      stage: 'prod',
      issuers: [
        { name: 'okta', type: 'oidc', issuer: 'https://example.okta.com', audiences: ['daypass'] },
        { name: 'ci', type: 'oidc', issuer: 'https://ci.example.com', audiences: ['daypass'] },
        { name: 'aws', type: 'iam', basePath: '/iam/v1', service: 'execute-api' },
      ],
    });
  });

  it.each([{}, { redirectUri: 'http://localhost:8250/callback' }])(
    'says how the command signs people in: all of it, which is no secret, %j',
    async (redirect) => {
      const login: OidcLogin = {
        clientId: 'daypass-cli',
        scopes: ['openid', 'offline_access'],
        flows: ['device-code', 'authorization-code'],
        token: 'access-token',
        parameters: { audience: 'https://daypass.example.com' },
        ...redirect,
      };
      const issuers = new Map([['idp', anOidcIssuer({ login })]]);

      const { body } = await getDeployment({ ...issuingConfiguration, issuers });

      expect(deploymentAnswer.parse(body).issuers).toMatchObject([{ name: 'idp', login }]);
    },
  );

  it('says where a browser begins', async () => {
    const issuers = new Map([['ad-fs', aSamlIssuer({ name: 'ad-fs' })]]);

    const { body } = await getDeployment({ ...issuingConfiguration, issuers });

    expect(deploymentAnswer.parse(body).issuers).toEqual([
      { name: 'ad-fs', type: 'saml', loginPath: '/v1/saml/login?issuer=ad-fs' },
    ]);
  });

  it('tells a stranger nothing of accounts, roles, profiles, trust or third parties', async () => {
    const { body } = await getDeployment();

    expect(JSON.stringify(body)).not.toMatch(/\d{12}|arn:|prod-readonly|forbidden|alice|owner|acme/);
  });
});
