import { type Stack, Token } from 'aws-cdk-lib';
import type { Deployment } from '../../lambda/core/configuration.ts';

/**
 * The roles' ARNs, which target roles name, are made from the configuration: it and the stack must not differ.
 *
 * @throws TypeError
 */
export function requireOwnPlace(
  { account, region }: Stack,
  { accountId, region: ownRegion }: Deployment,
): void {
  requireEqual('account', account, accountId);
  requireEqual('region', region, ownRegion);
}

function requireEqual(what: string, ofStack: string, ofConfiguration: string): void {
  if (ofStack === ofConfiguration) return;
  const found = Token.isUnresolved(ofStack) ? 'left open' : ofStack;
  throw new TypeError(
    `the stack's ${what} is ${found}, but the configuration's deployment names ${ofConfiguration}; they must be the same`,
  );
}
