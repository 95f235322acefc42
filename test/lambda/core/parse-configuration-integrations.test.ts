import { describe, expect, it } from '@jest/globals';
import { toOwnAccounts } from '../../../lambda/core/integrations/compile-integration.ts';
import { isIntegrationManager } from '../../../lambda/core/integrations/integration-authority.ts';
import { aConfiguration, aConfigurationDocument } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIntegrationsSection } from '../../support/managing-integrations.ts';
import { linesOf } from '../../support/problems-of.ts';
import { nowMs } from '../../support/tokens.ts';

const pathsOf = (integrations: unknown) =>
  linesOf(aConfigurationDocument({ integrations })).map((line) => line.split(': ')[0]);

describe('the integrations section', () => {
  it('is compiled, with a week of grace and suspension for drift', () => {
    const { integrations } = aConfiguration({
      integrations: { trust: anIntegrationsSection().trust, organizationId: 'o-exampleorg1' },
    });

    expect(integrations).toMatchObject({
      ownAccounts: [],
      organizationId: 'o-exampleorg1',
      graceSeconds: 7 * 86_400,
      drift: 'suspend',
    });
  });

  it('may give no time at all', () => {
    const { integrations } = aConfiguration({ integrations: anIntegrationsSection({ graceDays: 0 }) });

    expect(integrations?.graceSeconds).toBe(0);
  });

  it('trusts nobody when it is not there', () => {
    const configuration = aConfiguration();

    expect(configuration).not.toHaveProperty('integrations');
    expect(isIntegrationManager({ principal: aPrincipal(), origin: anOrigin() }, configuration, nowMs)).toBe(
      false,
    );
  });

  it("adds to the broker's own account", () => {
    const configuration = aConfiguration({ integrations: anIntegrationsSection() });

    expect([...toOwnAccounts(configuration)]).toEqual(['111111111111', '222222222222']);
  });

  it.each([
    ['no trust', { trust: undefined }, 'integrations.trust'],
    ['no statement', { trust: [] }, 'integrations.trust'],
    [
      'an issuer that is not configured',
      { trust: [{ Effect: 'Allow', Principal: { Federated: 'nobody' } }] },
      'integrations.trust[0].Principal',
    ],
    ['anybody', { trust: [{ Effect: 'Allow', Principal: '*' }] }, 'integrations.trust[0].Principal'],
    [
      'a key of profiles alone',
      {
        trust: [
          {
            Effect: 'Allow',
            Principal: { Federated: 'okta' },
            Condition: { StringEquals: { 'daypass:Profile': 'x' } },
          },
        ],
      },
      'integrations.trust[0].Condition.StringEquals',
    ],
    ['an account that is a number', { ownAccounts: [222222222222] }, 'integrations.ownAccounts[0]'],
    ['an organization of another form', { organizationId: '123' }, 'integrations.organizationId'],
    ['a grace of 91 days', { graceDays: 91 }, 'integrations.graceDays'],
    ['a drift that does nothing', { drift: 'ignore' }, 'integrations.drift'],
    ['a template elsewhere', { templateUrl: 'https://example.com/s3/role.yaml' }, 'integrations.templateUrl'],
    [
      'a template of a host that resembles',
      { templateUrl: 'https://b.s3.eu-west-1.amazonaws.com.evil.example/role.yaml' },
      'integrations.templateUrl',
    ],
    ['an unknown key', { owner: 'x' }, 'integrations.owner'],
  ])('is refused with %s', (_what, keys, path) => {
    expect(pathsOf(anIntegrationsSection(keys)).some((one) => one?.startsWith(path))).toBe(true);
  });

  it.each([
    'https://daypass.s3.eu-west-1.amazonaws.com/role.yaml?versionId=x',
    'https://daypass.s3.amazonaws.com/role.yaml',
    'https://s3.eu-west-1.amazonaws.com/daypass/role.yaml',
    'https://daypass.s3.cn-north-1.amazonaws.com.cn/role.yaml',
  ])('takes a template at %s', (templateUrl) => {
    const { integrations } = aConfiguration({ integrations: anIntegrationsSection({ templateUrl }) });

    expect(integrations?.templateUrl).toBe(templateUrl);
  });

  it.each([[null], [[]], ['x']])('is not %j', (section) => {
    expect(pathsOf(section).some((one) => one?.startsWith('integrations'))).toBe(true);
  });
});

describe('an issuer of type integration without keys', () => {
  const acme = { type: 'integration', audience: 'daypass' };
  const { issuers } = aConfigurationDocument();
  const sections = { issuers: { ...issuers, acme } };

  it('has those of the integration of its name, where there is the section', () => {
    const { issuers: compiled } = aConfiguration({ ...sections, integrations: anIntegrationsSection() });

    expect(compiled.get('acme')).not.toHaveProperty('jwks');
  });

  it('is refused where there is none: nobody could have keys', () => {
    expect(linesOf(aConfigurationDocument(sections))).toEqual([
      expect.stringMatching(
        /^issuers\.acme\.jwks: is missing; allowed: a JWK set.*or a section integrations/,
      ),
    ]);
  });
});
