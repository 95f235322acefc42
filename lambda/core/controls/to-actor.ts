import type { Principal } from '../principal.ts';
import type { ControlActor } from './suspension.ts';

/** Who did it: a session's name is kept of IAM identities alone, whose role it tells apart. */
export function toActor({ issuer, subject, claims, aws }: Principal): ControlActor {
  const { sessionName } = claims;
  return {
    issuer,
    subject,
    ...(aws !== undefined && typeof sessionName === 'string' ? { sessionName } : {}),
  };
}
