import { type Configuration, usesWebIdentity } from '../lambda/core/configuration.ts';
import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import { deployedFunctions, type FunctionName } from '../lambda/core/function-roles.ts';
import type { Problem } from '../lambda/core/policy/policy.ts';
import { isVpcEndpointId } from './api-policy.ts';

/** What is checked of the options that the stack is given beside its configuration. */
export interface DeploymentOptions {
  readonly api?: {
    readonly domain?: {
      readonly domainName: string;
      readonly certificateArn: string;
      readonly hostedZoneId?: string;
      readonly minimumTls?: '1.2' | '1.3';
      readonly mutualTls?: object;
    };
    readonly privateAccess?: { readonly vpcEndpointIds?: readonly string[] };
    readonly webAcl?: false | { readonly requestsPerFiveMinutes?: number };
  };
  readonly concurrency?: Concurrencies;
}

export interface Concurrency {
  /**
   * How many of it run at once, at most; taken from what the account's other functions share, of which AWS keeps 100
   * back. @default as many as the account has
   */
  readonly reserved?: number;
  /** How many are kept ready, and paid for: their first request waits for none to start. @default none */
  readonly provisioned?: number;
}

export type Concurrencies = Readonly<Partial<Record<FunctionName, Concurrency>>>;

/** Those that a caller waits for. The others have no alias that API Gateway could call. */
export const provisionable: readonly FunctionName[] = ['authorizer', 'issuer'];

interface Given {
  readonly configuration: Configuration;
  readonly options: DeploymentOptions;
  /** Whether a value is only known in the deployment. */
  readonly isOpen: (value: string) => boolean;
}

/** @throws ConfigurationError that names every option which cannot be, and what is allowed */
export function checkDeploymentOptions(given: Given): void {
  const problems = [
    ...checkDomain(given),
    ...checkMutualTls(given),
    ...checkPrivateAccess(given),
    ...checkIssuerAddress(given),
    ...checkFirewall(given),
    ...checkConcurrencies(given),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** Tokens, SAML responses and web identities are made out to the configuration's URL: callers must come by it. */
function checkDomain({ configuration: { deployment }, options, isOpen }: Given): readonly Problem[] {
  const { domainName, certificateArn } = options.api?.domain ?? {};
  if (domainName === undefined || certificateArn === undefined) return [];
  const { partition, region, accountId, url } = deployment;
  const prefix = `arn:${partition}:acm:${region}:${accountId}:certificate/`;
  return [
    ...(/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/.test(domainName)
      ? []
      : [
          {
            path: ['api', 'domain', 'domainName'],
            value: domainName,
            allowed: 'a host name in lower case without wildcard, such as daypass.example.com',
          },
        ]),
    ...(url === `https://${domainName}`
      ? []
      : [{ path: ['deployment', 'url'], value: url, allowed: `https://${domainName}, as api.domain says` }]),
    ...(isOpen(certificateArn) || certificateArn.startsWith(prefix)
      ? []
      : [
          {
            path: ['api', 'domain', 'certificateArn'],
            value: certificateArn,
            allowed: `a certificate of the deployment's own account and region: ${prefix}…`,
          },
        ]),
  ];
}

function checkMutualTls({ options }: Given): readonly Problem[] {
  const { domain, privateAccess } = options.api ?? {};
  if (domain?.mutualTls === undefined) return [];
  return [
    ...(privateAccess === undefined
      ? []
      : [
          {
            path: ['api', 'domain', 'mutualTls'],
            value: 'with api.privateAccess',
            allowed: 'one of the two: API Gateway gives a private API no mutual TLS',
          },
        ]),
    ...(domain.minimumTls === '1.3'
      ? [
          {
            path: ['api', 'domain', 'minimumTls'],
            value: domain.minimumTls,
            allowed: 'leave it out with mutualTls, which API Gateway gives from TLS 1.2 on only',
          },
        ]
      : []),
  ];
}

function checkPrivateAccess({ options, isOpen }: Given): readonly Problem[] {
  const { domain, privateAccess } = options.api ?? {};
  const ids = privateAccess?.vpcEndpointIds;
  if (ids === undefined) return [];
  const path = ['api', 'privateAccess', 'vpcEndpointIds'];
  const allowed = 'ids of VPC endpoints for execute-api, such as vpce-0123456789abcdef0, at least one';
  return [
    ...(ids.length === 0 ? [{ path, value: ids, allowed }] : []),
    ...ids
      .map((value, index) => ({ path: [...path, index], value, allowed }))
      .filter(({ value }) => !isOpen(value) && !isVpcEndpointId(value)),
    ...(domain?.hostedZoneId === undefined
      ? []
      : [
          {
            path: ['api', 'domain', 'hostedZoneId'],
            value: domain.hostedZoneId,
            allowed:
              'leave it out with endpoints that are there already, whose addresses are not known: point the name at one of them yourself',
          },
        ]),
  ];
}

/** STS reads the keys from the internet, and shows no certificate. */
function checkIssuerAddress({ configuration, options }: Given): readonly Problem[] {
  if (!usesWebIdentity(configuration)) return [];
  const { domain, privateAccess } = options.api ?? {};
  const allowed =
    'not beside profiles of the mechanism web-identity: AWS STS must be able to read the keys of this issuer';
  return [
    ...(privateAccess === undefined ? [] : [{ path: ['api', 'privateAccess'], value: 'given', allowed }]),
    ...(domain?.mutualTls === undefined
      ? []
      : [{ path: ['api', 'domain', 'mutualTls'], value: 'given', allowed }]),
  ];
}

/** Source: WAF developer guide, "Rate-based rule high-level settings"; WAF API reference, RateBasedStatement. */
function checkFirewall({ options }: Given): readonly Problem[] {
  const { webAcl } = options.api ?? {};
  const value = webAcl === false ? undefined : webAcl?.requestsPerFiveMinutes;
  if (value === undefined || isIntegerWithin(value, 10, 2_000_000_000)) return [];
  const path = ['api', 'webAcl', 'requestsPerFiveMinutes'];
  return [{ path, value, allowed: 'an integer, 10–2000000000' }];
}

function checkConcurrencies({ configuration, options }: Given): readonly Problem[] {
  const deployed: readonly string[] = deployedFunctions(configuration);
  return Object.entries(options.concurrency ?? {}).flatMap(([name, { reserved, provisioned }]): Problem[] => {
    const path = ['concurrency', name];
    const most = reserved ?? 100_000;
    return [
      ...(deployed.includes(name)
        ? []
        : [{ path, value: name, allowed: `a function that is deployed: ${deployed.join(', ')}` }]),
      ...(reserved === undefined || isIntegerWithin(reserved, 1, 100_000)
        ? []
        : [
            {
              path: [...path, 'reserved'],
              value: reserved,
              allowed: 'an integer of at least 1: whom nobody shall reach is suspended, not throttled',
            },
          ]),
      ...(provisioned === undefined || provisionable.some((one) => one === name)
        ? []
        : [
            {
              path: [...path, 'provisioned'],
              value: provisioned,
              allowed: `for ${provisionable.join(' and ')} alone, which callers wait for`,
            },
          ]),
      ...(provisioned === undefined || isIntegerWithin(provisioned, 1, most)
        ? []
        : [
            {
              path: [...path, 'provisioned'],
              value: provisioned,
              allowed: `an integer, 1–${most}${reserved === undefined ? '' : ', as many as are reserved'}`,
            },
          ]),
    ];
  });
}

const isIntegerWithin = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;
