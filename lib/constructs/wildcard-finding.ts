import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The id by which cdk-nag calls a wildcard in a policy's resource: references of CloudFormation's stand there as `<Id.Attribute>`. */
export const toWildcardFinding = (scope: IConstruct, resource: string): string =>
  `AwsSolutions-IAM5[Resource::${flatten(Stack.of(scope).resolve(resource))}]`;

function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    Ref,
    'Fn::GetAtt': attribute,
    'Fn::Join': joined,
  } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return `<${Ref}>`;
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  if (Array.isArray(joined)) return (joined[1] as readonly unknown[]).map(flatten).join(String(joined[0]));
  throw new TypeError('a resource is a text, a reference, or both joined');
}
