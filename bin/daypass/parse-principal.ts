import { InvalidArgumentError } from 'commander';
import { type NamedPrincipal, principalForm, readPrincipal } from '../../lib/client/read-principal.ts';

/** @throws InvalidArgumentError */
export function parsePrincipal(text: string): NamedPrincipal {
  const principal = readPrincipal(text);
  if (principal !== undefined) return principal;
  throw new InvalidArgumentError(`allowed: ${principalForm}`);
}
