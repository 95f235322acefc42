import type { ClientErrorCode } from '../../lib/client/client-error.ts';

/** What the command ends with. They stand in the README and never change; `exec` ends with its command's own. */
export const exitCodes: Readonly<Record<ClientErrorCode, number>> = {
  failed: 1,
  usage: 2,
  'not-logged-in': 3,
  refused: 4,
  unavailable: 5,
  interrupted: 130,
};
