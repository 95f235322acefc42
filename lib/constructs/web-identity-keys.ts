import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../lambda/core/configuration.ts';
import { toWebIdentityKeyPolicy } from '../token-key-policy.ts';

export interface WebIdentityKeysProps {
  /** Whose function roles may use the keys. */
  readonly deployment: Deployment;
  /** The first signs, all are served; none where no profile needs one. */
  readonly names: readonly string[];
}

/**
 * The keys of the broker as an OIDC issuer: what they sign opens roles that trust it. Each has an id of its own name,
 * so that a rotation moves none, and outlives the stack.
 */
export class WebIdentityKeys extends Construct {
  /** In the order of the names. */
  readonly keys: readonly Key[];

  constructor(scope: Construct, id: string, { deployment, names }: WebIdentityKeysProps) {
    super(scope, id);
    this.keys = names.map(
      (name) =>
        new Key(this, `Key-${name}`, {
          description: `Daypass: signs web identities for AWS STS (${name})`,
          keySpec: KeySpec.RSA_2048,
          keyUsage: KeyUsage.SIGN_VERIFY,
          policy: PolicyDocument.fromJson(toWebIdentityKeyPolicy(deployment)),
          removalPolicy: RemovalPolicy.RETAIN,
        }),
    );
  }
}
