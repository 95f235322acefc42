import { checkText, type TextConstraint } from './constraints.ts';
import type { Parameters } from './query-protocol.ts';

/** A code of an MFA device, as AssumeRole and GetSessionToken take it. */
export interface MfaParameters {
  readonly serialNumber?: string;
  readonly tokenCode?: string;
}

/** Source: STS API reference, GetSessionToken. */
const constraints = {
  serialNumber: {
    minLength: 9,
    maxLength: 256,
    pattern: { test: /^[\w+=/:,.@-]*$/, shown: '[\\w+=/:,.@-]*' },
  },
  tokenCode: { minLength: 6, maxLength: 6, pattern: { test: /^\d*$/, shown: '[\\d]*' } },
} as const satisfies Record<string, TextConstraint>;

export function readMfaParameters(
  parameters: Parameters,
): MfaParameters & { readonly problems: readonly string[] } {
  const serialNumber = parameters.get('SerialNumber');
  const tokenCode = parameters.get('TokenCode');
  return {
    problems: [
      ...checkText('serialNumber', serialNumber, constraints.serialNumber),
      ...checkText('tokenCode', tokenCode, constraints.tokenCode),
    ],
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(tokenCode === undefined ? {} : { tokenCode }),
  };
}
