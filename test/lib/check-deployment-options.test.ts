import { describe, expect, it } from '@jest/globals';
import { checkDeploymentOptions, type DeploymentOptions } from '../../lib/check-deployment-options.ts';
import { aConfiguration, aConfigurationDocument, aProfileDocument } from '../support/a-configuration.ts';

const certificateArn = 'arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0000-4000-8000-000000000000';
const domain = { domainName: 'daypass.example.com', certificateArn };
const mutualTls = { truststoreBucket: 'trust', truststoreKey: 'partners.pem', truststoreVersion: 'v1' };
const vpcEndpointIds = ['vpce-0123456789abcdef0'];

const { deployment } = aConfigurationDocument();
const ofUrl = (url: string | undefined) =>
  aConfiguration({ deployment: { ...deployment, ...(url === undefined ? {} : { url }) } });
const withUrl = ofUrl('https://daypass.example.com');
const withWebIdentity = aConfiguration({
  deployment: { ...deployment, url: 'https://daypass.example.com' },
  profiles: { partner: aProfileDocument({ mechanism: 'web-identity' }) },
});

const check = (options: DeploymentOptions, configuration = withUrl) =>
  checkDeploymentOptions({ configuration, options, isOpen: (value) => value.startsWith('${Token') });

describe('checkDeploymentOptions', () => {
  it.each<readonly [string, DeploymentOptions]>([
    ['nothing', {}],
    ['a domain', { api: { domain } }],
    ['a domain in Route 53', { api: { domain: { ...domain, hostedZoneId: 'Z0123456789' } } }],
    [
      'a certificate of the same app',
      { api: { domain: { ...domain, certificateArn: '${Token[TOKEN.1]}' } } },
    ],
    ['mutual TLS', { api: { domain: { ...domain, mutualTls } } }],
    ['mutual TLS from TLS 1.2 on', { api: { domain: { ...domain, mutualTls, minimumTls: '1.2' } } }],
    ['a private API', { api: { privateAccess: { vpcEndpointIds } } }],
    ['an endpoint of the same app', { api: { privateAccess: { vpcEndpointIds: ['${Token[TOKEN.2]}'] } } }],
    [
      'an endpoint to be made, and a zone',
      { api: { privateAccess: {}, domain: { ...domain, hostedZoneId: 'Z1' } } },
    ],
    ['no firewall', { api: { webAcl: false } }],
    ['the lowest limit of the firewall', { api: { webAcl: { requestsPerFiveMinutes: 10 } } }],
    ['as many ready as reserved', { concurrency: { issuer: { reserved: 20, provisioned: 20 } } }],
    ['one reserved', { concurrency: { audit: { reserved: 1 } } }],
  ])('takes %s', (_, options) => {
    expect(() => check(options)).not.toThrow();
  });

  it.each<readonly [string, DeploymentOptions, RegExp]>([
    [
      'a name in upper case',
      { api: { domain: { ...domain, domainName: 'Daypass.example.com' } } },
      /^api\.domain\.domainName: .* a host name in lower case/,
    ],
    [
      'a wildcard',
      { api: { domain: { ...domain, domainName: '*.example.com' } } },
      /^api\.domain\.domainName: /,
    ],
    [
      "CloudFront's certificate of another region",
      { api: { domain: { ...domain, certificateArn: certificateArn.replace('eu-west-1', 'us-east-1') } } },
      /^api\.domain\.certificateArn: .* arn:aws:acm:eu-west-1:111111111111:certificate\/…$/,
    ],
    [
      "another account's certificate",
      {
        api: {
          domain: { ...domain, certificateArn: certificateArn.replace('111111111111', '222222222222') },
        },
      },
      /^api\.domain\.certificateArn: /,
    ],
    [
      'a private API with mutual TLS',
      { api: { domain: { ...domain, mutualTls }, privateAccess: { vpcEndpointIds } } },
      /^api\.domain\.mutualTls: .* API Gateway gives a private API no mutual TLS$/,
    ],
    [
      'a private API with mutual TLS by an endpoint to be made',
      { api: { domain: { ...domain, mutualTls }, privateAccess: {} } },
      /^api\.domain\.mutualTls: /,
    ],
    [
      'mutual TLS from TLS 1.3 on',
      { api: { domain: { ...domain, mutualTls, minimumTls: '1.3' } } },
      /^api\.domain\.minimumTls: "1\.3" is not allowed/,
    ],
    [
      'a private API that nothing leads to',
      { api: { privateAccess: { vpcEndpointIds: [] } } },
      /^api\.privateAccess\.vpcEndpointIds: \[\] is not allowed; .* at least one$/,
    ],
    [
      'what is no endpoint',
      { api: { privateAccess: { vpcEndpointIds: [...vpcEndpointIds, 'vpc-0123456789abcdef0'] } } },
      /^api\.privateAccess\.vpcEndpointIds\[1\]: "vpc-0123456789abcdef0"/,
    ],
    [
      'every endpoint',
      { api: { privateAccess: { vpcEndpointIds: ['vpce-*'] } } },
      /^api\.privateAccess\.vpcEndpointIds\[0\]: /,
    ],
    [
      'an alias of endpoints whose addresses are not known',
      { api: { privateAccess: { vpcEndpointIds }, domain: { ...domain, hostedZoneId: 'Z1' } } },
      /^api\.domain\.hostedZoneId: /,
    ],
    ...[9, 10.5, Number.NaN, 2_000_000_001].map(
      (requestsPerFiveMinutes) =>
        [
          `${requestsPerFiveMinutes} requests`,
          { api: { webAcl: { requestsPerFiveMinutes } } },
          /^api\.webAcl\.requestsPerFiveMinutes: /,
        ] as const,
    ),
    ['none reserved', { concurrency: { issuer: { reserved: 0 } } }, /^concurrency\.issuer\.reserved: 0 /],
    [
      'more ready than reserved',
      { concurrency: { issuer: { reserved: 5, provisioned: 6 } } },
      /^concurrency\.issuer\.provisioned: 6 .* 1–5, as many as are reserved$/,
    ],
    [
      'a function ready that has no alias',
      { concurrency: { audit: { provisioned: 1 } } },
      /^concurrency\.audit\.provisioned: 1 .* for authorizer and issuer alone/,
    ],
    [
      'a function that is not deployed',
      { concurrency: { prober: { reserved: 1 } } },
      /^concurrency\.prober: "prober" .* authorizer, issuer, /,
    ],
  ])('refuses %s', (_, options, message) => {
    expect(() => check(options)).toThrow(message);
  });

  it.each([
    'https://daypass.example.com/v1',
    'https://example.com',
    'https://daypass.example.com.other.example',
    'https://daypass.example.com:8443',
  ])("refuses a domain that is not all of the configuration's URL: %s", (url) => {
    expect(() => check({ api: { domain } }, ofUrl(url))).toThrow(
      `deployment.url: "${url}" is not allowed; allowed: https://daypass.example.com, as api.domain says`,
    );
  });

  it('refuses a domain where the configuration has no URL: tokens would be made out to another address', () => {
    expect(() => check({ api: { domain } }, ofUrl(undefined))).toThrow(
      'deployment.url: is missing; allowed: https://daypass.example.com, as api.domain says',
    );
  });

  it.each<readonly [string, DeploymentOptions]>([
    ['private', { api: { privateAccess: { vpcEndpointIds } } }],
    ['behind mutual TLS', { api: { domain: { ...domain, mutualTls } } }],
  ])('refuses an API that is %s where STS has to read its keys', (_, options) => {
    expect(() => check(options, withWebIdentity)).toThrow(
      /AWS STS must be able to read the keys of this issuer/,
    );
    expect(() => check({ api: { domain } }, withWebIdentity)).not.toThrow();
  });

  it('names all that is wrong at once', () => {
    const options = {
      api: { webAcl: { requestsPerFiveMinutes: 1 } },
      concurrency: { saml: { reserved: 0 } },
    };

    expect(() => check(options)).toThrow(/webAcl[^\n]*\n[^\n]*concurrency\.saml/);
  });
});
