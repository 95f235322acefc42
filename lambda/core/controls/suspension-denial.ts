import type { Configuration } from '../configuration.ts';
import { SuspendedError } from '../errors.ts';
import type { SuspendedTarget } from './control-ports.ts';
import type { SuspensionTarget } from './suspension.ts';

/** For the audit record. Reasons are checked before they are kept: none holds a secret. */
export const toSuspensionDetail = (suspended: readonly SuspendedTarget[]): string =>
  `suspended: ${suspended.map(({ target, reason }) => `${toCalled(target)} (${reason})`).join(', ')}`;

/**
 * What those read who are suspended themselves, or with everybody; `undefined` where a profile, an issuer or an integration is: that
 * reads as any other denial does. Why it is suspended is for the operators.
 */
export function toSuspendedError(
  suspended: readonly SuspendedTarget[],
  issuanceId: string,
  { owner, requestAccessUrl }: Pick<Configuration, 'owner' | 'requestAccessUrl'>,
): SuspendedError | undefined {
  const told = suspended.find(({ target: { kind } }) => kind === 'everything' || kind === 'principal');
  if (told === undefined) return undefined;
  const sentence =
    told.target.kind === 'everything'
      ? 'this broker is suspended, and issues nothing to anybody until that is lifted'
      : 'you are suspended, and get nothing until that is lifted';
  return new SuspendedError(`${sentence}; ${owner} can say more about this issuance`, {
    detail: toSuspensionDetail(suspended),
    extensions: { issuanceId, owner, ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }) },
  });
}

function toCalled(target: SuspensionTarget): string {
  switch (target.kind) {
    case 'everything':
      return 'everything';
    case 'principal':
      return 'this principal';
    case 'profile':
    case 'issuer':
    case 'integration':
      return `${target.kind} ${target.name}`;
  }
}
