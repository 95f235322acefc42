import { ClientError } from '../../lib/client/client-error.ts';

/**
 * The one option that was given among several of which one has to be.
 *
 * @param options values by flag, `undefined` for what was not given
 * @throws ClientError `usage`
 */
export function requireOne(options: Readonly<Record<string, unknown>>): void {
  const given = Object.keys(options).filter((flag) => options[flag] !== undefined);
  if (given.length === 1) return;
  const flags = Object.keys(options);
  const all = `${flags.slice(0, -1).join(', ')} and ${flags.at(-1)}`;
  throw new ClientError(
    'usage',
    `exactly one of ${all} is needed, and there are ${given.join(', ') || 'none'}`,
  );
}
