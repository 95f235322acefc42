import { join } from 'node:path';
import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import type { Caller } from '../caller.ts';
import { openStateFile } from '../state-file.ts';
import { findTotpStep } from '../totp.ts';
import type { MfaParameters } from './mfa-parameters.ts';

export interface MfaCodes {
  /**
   * Whether the caller proved its device; false when it didn't try. A code that was right is used up, whatever comes of
   * the call.
   * @throws AwsError AccessDenied for a code that's wrong or used, another's device, or one parameter without the other.
   */
  authenticate(parameters: MfaParameters, caller: Caller, nowMs: number): boolean;
}

const fileSchema = z.record(z.string(), z.int());

/** The steps of the codes that were taken last stay on disk: a restart makes none of them good again. */
export function openMfaCodes(dataDirectory: string): MfaCodes {
  const file = openStateFile(join(dataDirectory, 'mfa-codes.json'), fileSchema);
  const lastSteps = new Map(Object.entries(file.initial ?? {}));
  return {
    authenticate: ({ serialNumber, tokenCode }, caller, nowMs) => {
      if (serialNumber === undefined && tokenCode === undefined) return false;
      if (serialNumber === undefined || tokenCode === undefined) {
        throw failed(', must provide both MFA serial number and one time pass code. ');
      }
      const devices = caller.type === 'user' ? caller.user.mfaDevices : [];
      const device = devices.find((candidate) => candidate.serialNumber === serialNumber);
      if (device === undefined) {
        throw failed(
          ', unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user. ',
        );
      }
      const step = findTotpStep(tokenCode, { secret: device.secret, nowMs });
      // An earlier code than the last is refused as well: whoever saw it has had the time to.
      if (step === undefined || step <= (lastSteps.get(serialNumber) ?? -1)) {
        throw failed(' with invalid MFA one time pass code. ');
      }
      lastSteps.set(serialNumber, step);
      file.write(Object.fromEntries(lastSteps));
      return true;
    },
  };
}

const failed = (reason: string): AwsError =>
  new AwsError('AccessDenied', 403, `MultiFactorAuthentication failed${reason}`);
