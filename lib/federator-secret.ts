import type { Deployment } from '../lambda/core/configuration.ts';
import { type FunctionName, toRoleArn } from '../lambda/core/function-roles.ts';

/**
 * What the secret holds before its first rotation: no key, so that none is ever in a template. Never change it after a
 * release: CloudFormation would make the new value the current one, and the key in use would be gone.
 */
export const firstSecretValue = { state: 'awaits its first rotation' } as const;

interface SecretStatement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal: '*';
  readonly Action: readonly string[];
  readonly Resource: '*';
  readonly Condition: { readonly ArnNotEquals: { readonly 'aws:PrincipalArn': readonly string[] } };
}

/**
 * Who may not have the federator's key, whatever IAM policies the account may hold: everybody but two functions. Whoever
 * may put secrets' policies can change that: it shows in CloudTrail as PutResourcePolicy.
 */
export function toFederatorSecretPolicy(deployment: Deployment): {
  readonly Version: '2012-10-17';
  readonly Statement: readonly SecretStatement[];
} {
  const denyAllBut = (names: readonly FunctionName[]) =>
    ({
      Effect: 'Deny',
      Principal: '*',
      // The secret itself.
      Resource: '*',
      // By ARN: a principal element would hold ids that a role made anew no longer has. Whoever has no ARN is denied too.
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': names.map((name) => toRoleArn(deployment, name)) } },
    }) as const;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'DenyOtherReaders',
        ...denyAllBut(['issuer', 'rotation']),
        Action: ['secretsmanager:GetSecretValue'],
      },
      {
        Sid: 'DenyOtherWriters',
        ...denyAllBut(['rotation']),
        // Whoever could put a key there could have the broker give out sessions of another user's. UpdateSecret puts values
        // as well: CloudFormation cannot change the secret's description or first value, which would take the key away.
        Action: [
          'secretsmanager:PutSecretValue',
          'secretsmanager:UpdateSecret',
          'secretsmanager:UpdateSecretVersionStage',
        ],
      },
    ],
  };
}
