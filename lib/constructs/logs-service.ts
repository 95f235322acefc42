import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * CloudWatch Logs as a principal: of a region, and unlike most services in China with that partition's suffix. KMS and
 * Lambda refuse the other spelling. Source: aws-cdk-lib's region-info, `logs`.
 */
export function toLogsService(scope: Construct): string {
  const { region, urlSuffix } = Stack.of(scope);
  if (Token.isUnresolved(region)) return `logs.${region}.${urlSuffix}`;
  return `logs.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
