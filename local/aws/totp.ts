import { createHmac } from 'node:crypto';
import { parseBase32 } from './base32.ts';

const stepSeconds = 30;
const digits = 6;

/** Steps either way in which a device's clock may be off. */
const tolerance = 1;

export const toTotpStep = (nowMs: number): number => Math.floor(nowMs / 1000 / stepSeconds);

/** What a virtual MFA device shows during a step: RFC 6238 with SHA-1 and six digits, as AWS has them. */
export function toTotpCode(secret: string, step: number): string {
  const key = parseBase32(secret);
  if (key === undefined) throw new TypeError('the secret of an MFA device is not base32');
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 15;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** The latest step, of those that the clock allows, whose code it is. */
export function findTotpStep(
  code: string,
  { secret, nowMs }: { secret: string; nowMs: number },
): number | undefined {
  const current = toTotpStep(nowMs);
  for (let step = current + tolerance; step >= Math.max(0, current - tolerance); step -= 1) {
    if (toTotpCode(secret, step) === code) return step;
  }
  return undefined;
}
