import { describe, expect, it } from '@jest/globals';
import { createGetDeployment } from '../../../lambda/endpoints/get-deployment.ts';
import { deploymentAnswer } from '../../../lambda/http/open-schemas.ts';
import { issuingConfiguration } from '../../support/issuing.ts';

const getDeployment = createGetDeployment(issuingConfiguration, '1.2.3');

describe('GET deployment', () => {
  it('says where to get a token, and for which audience', async () => {
    const { status, body } = await getDeployment();

    expect(status).toBe(200);
    expect(deploymentAnswer.parse(body)).toMatchObject({
      version: '1.2.3',
      region: 'eu-west-1',
      stage: 'prod',
      issuers: [
        { name: 'okta', type: 'oidc', issuer: 'https://example.okta.com', audiences: ['daypass'] },
        { name: 'ci', type: 'oidc', issuer: 'https://ci.example.com', audiences: ['daypass'] },
      ],
    });
  });

  it('tells a stranger nothing of accounts, roles, profiles or trust', async () => {
    const { body } = await getDeployment();

    expect(JSON.stringify(body)).not.toMatch(/\d{12}|arn:|prod-readonly|forbidden|alice|owner/);
  });
});
