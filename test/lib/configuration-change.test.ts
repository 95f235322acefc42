import { describe, expect, it } from '@jest/globals';
import type { DaypassStack } from '../../lib/daypass-stack.ts';
import { aConfigurationDocument, aProfileDocument } from '../support/a-configuration.ts';
import { aDaypassStack, toTemplate } from '../support/a-daypass-stack.ts';

const { okta } = aConfigurationDocument().issuers;
const aws = { type: 'iam', accounts: ['222222222222'] };
const document = aConfigurationDocument({ issuers: { okta, aws } });
const aRole = (name: string, keys: object = {}) =>
  aProfileDocument({ roleArn: `arn:aws:iam::222222222222:role/daypass/${name}`, ...keys });

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
type Resources = Readonly<Record<string, Resource>>;

function synthesize(changes: object = {}): { readonly stack: DaypassStack; readonly resources: Resources } {
  const { stack } = aDaypassStack({ document: { ...document, ...changes } });
  return { stack, resources: toTemplate(stack).toJSON()['Resources'] };
}

const before = synthesize().resources;

/** Each resource that is not as it was: its type, its construct id without hashes, and its properties that differ. */
function changesOf(changes: object): readonly string[] {
  const after = synthesize(changes).resources;
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return ids
    .flatMap((id) => {
      const [one, two] = [before[id], after[id]];
      const name = `${(one ?? two)?.Type.replace('AWS::', '')} ${id.replace(/[0-9A-F]{8}(?:[0-9a-f]{32})?$/, '')}`;
      if (one === undefined || two === undefined)
        return [`${name} ${one === undefined ? 'added' : 'removed'}`];
      const keys = Object.keys({ ...one.Properties, ...two.Properties });
      const differing = keys.filter(
        (key) => JSON.stringify(one.Properties[key]) !== JSON.stringify(two.Properties[key]),
      );
      return differing.length === 0 ? [] : [`${name}: ${differing.sort().join(', ')}`];
    })
    .sort();
}

const layer = 'Lambda::LayerVersion DaypassConfigurationLayer: Content';

describe('a change of the configuration', () => {
  it('touches the layer and the permissions of the issuer alone when it is a new profile', () => {
    expect(changesOf({ profiles: { ...document.profiles, added: aRole('Added') } })).toEqual([
      'IAM::Role DaypassIssuerAccessRole: Policies',
      layer,
    ]);
  });

  it('touches the layer alone when it is who may have a profile, or a claim of an issuer', () => {
    const claims = { team: { claim: '/team', type: 'string' } };
    const trust = [{ Effect: 'Allow', Principal: { Federated: 'aws' } }];

    expect(
      changesOf({
        issuers: { okta: { ...okta, claims }, aws },
        profiles: { 'prod-readonly': aProfileDocument({ trust }) },
      }),
    ).toEqual([layer]);
  });

  it('touches the API’s policy, its deployment and who has to know of it as well when it is whom that policy lets in', () => {
    const accounts = ['222222222222', '333333333333'];

    expect(changesOf({ issuers: { okta, aws: { ...aws, accounts } } })).toEqual([
      'ApiGateway::Deployment DaypassApiRestApiDeployment added',
      'ApiGateway::Deployment DaypassApiRestApiDeployment removed',
      'ApiGateway::RestApi DaypassApiRestApi: Policy',
      'ApiGateway::Stage DaypassApiRestApiDeploymentStageprod: DeploymentId, Variables',
      ...['Controls', 'Issuer'].map((name) => `Lambda::Function Daypass${name}Function: Environment`),
      layer,
    ]);
  });

  it('makes managed policies of what the role itself has no room for, and says how many of how many', () => {
    const many = Array.from({ length: 500 }, (_, index) => [`p${index}`, aRole(`Role${index}`)]);
    const partners = Array.from({ length: 150 }, (_, index) => [
      `x${index}`,
      aRole(`Partner${index}`, { externalId: `daypass-${index}-7f3a9c52e1b84d60` }),
    ]);

    const { stack, resources } = synthesize({ profiles: Object.fromEntries([...many, ...partners]) });

    const policies = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::IAM::ManagedPolicy');
    const [issuer] = Object.entries(resources).filter(([id]) => id.startsWith('DaypassIssuerAccessRole'));
    expect(policies.length).toBeGreaterThan(5);
    expect(policies.length).toBeLessThanOrEqual(10);
    expect(issuer?.[1].Properties['ManagedPolicyArns']).toEqual(policies.map(([Ref]) => ({ Ref })));
    expect(
      Math.max(...policies.map(([, { Properties }]) => JSON.stringify(Properties['PolicyDocument']).length)),
    ).toBeLessThanOrEqual(6144);
    expect(infosOf(stack)).toEqual([`issuer: ${policies.length} managed policies of 10`]);
  });
});

const infosOf = (stack: DaypassStack) =>
  stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === 'aws:cdk:info')
    .map(({ data }) => data)
    .filter((text) => String(text).includes('managed policies'));
