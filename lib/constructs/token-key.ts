import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../lambda/core/configuration.ts';
import { toTokenKeyPolicy } from '../token-key-policy.ts';

export interface TokenKeyProps {
  /** Whose function roles may use the key. */
  readonly deployment: Deployment;
}

/** The key that signs the broker's own tokens. Outlives the stack: a deleted key cannot be had back. */
export class TokenKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, { deployment }: TokenKeyProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: "Daypass: signs the broker's own tokens",
      // KMS rotates symmetric keys alone; a new key is a new ARN for both functions at once.
      keySpec: KeySpec.RSA_2048,
      keyUsage: KeyUsage.SIGN_VERIFY,
      policy: PolicyDocument.fromJson(toTokenKeyPolicy(deployment)),
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
