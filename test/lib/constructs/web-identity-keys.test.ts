import { describe, expect, it } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebIdentityKeys } from '../../../lib/constructs/web-identity-keys.ts';
import { toWebIdentityKeyPolicy } from '../../../lib/token-key-policy.ts';
import { aConfiguration } from '../../support/a-configuration.ts';

const { deployment } = aConfiguration();

function keysOf(...names: readonly string[]) {
  const stack = new Stack(new App(), 'Test', { env: { account: '111111111111', region: 'eu-west-1' } });
  new WebIdentityKeys(stack, 'WebIdentityKeys', { deployment, names });
  return Template.fromStack(stack).findResources('AWS::KMS::Key');
}

describe('WebIdentityKeys', () => {
  it('are none where no profile needs one', () => {
    expect(keysOf()).toEqual({});
  });

  it('keep their ids when another takes over, and outlive the stack', () => {
    const [id] = Object.keys(keysOf('first'));

    for (const names of [
      ['first', 'second'],
      ['second', 'first'],
    ]) {
      const keys = keysOf(...names);
      expect(Object.keys(keys)).toHaveLength(2);
      expect(keys[id ?? '']).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  });

  it('may be signed with by the issuer alone, read by the audit, and granted to nobody', () => {
    const [key] = Object.values(keysOf('first'));

    expect(key?.['Properties']).toMatchObject({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' });
    const policy = toWebIdentityKeyPolicy(deployment);
    const of = (action: string) =>
      policy.Statement.filter(({ Action }) => Action.includes(action)).map(
        ({ Condition }) => Condition?.['ArnEquals']?.['aws:PrincipalArn'],
      );
    expect(of('kms:Sign')).toEqual(['arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer']);
    expect(of('kms:GetPublicKey')).toEqual([
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-audit',
    ]);
    expect(JSON.stringify(policy)).not.toContain('CreateGrant');
  });
});
