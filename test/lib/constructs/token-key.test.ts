import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TokenKey } from '../../../lib/constructs/token-key.ts';
import { toTokenKeyPolicy } from '../../../lib/token-key-policy.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import { anApp } from '../../support/an-app.ts';

const { deployment } = aConfiguration();
const stack = new Stack(anApp(), 'Test', { env: { account: '111111111111', region: 'eu-west-1' } });
new TokenKey(stack, 'TokenKey', { deployment });
const template = Template.fromStack(stack);

describe('TokenKey', () => {
  it('is an RSA_2048 key for signing, which is retained', () => {
    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' },
    });
  });

  it('has exactly the policy that the embedded KMS enforces', () => {
    const [resource] = Object.values(template.findResources('AWS::KMS::Key'));

    expect(flatten(resource?.['Properties'].KeyPolicy)).toEqual(flatten(toTokenKeyPolicy(deployment)));
  });

  it('has no alias, which could stand for another key tomorrow', () => {
    template.resourceCountIs('AWS::KMS::Alias', 0);
  });
});

/** IAM takes a value alone for a list of one, and CDK writes the account's root with the partition's token. */
const flatten = (policy: unknown): unknown =>
  JSON.parse(
    JSON.stringify(policy, (_key, value) => (Array.isArray(value) && value.length === 1 ? value[0] : value)),
  );
