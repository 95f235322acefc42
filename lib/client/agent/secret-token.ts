import { randomBytes, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../../../lambda/core/sha256.ts';

/** 256 random bits in base64url. */
export const createSecretToken = (): string => randomBytes(32).toString('base64url');

/** Whether the text can be one of those. */
export const isSecretToken = (text: string) => /^[\w-]{43}$/.test(text);

/** How long it takes says nothing about where the two differ, nor about the secret's length. */
export const isSameSecret = (given: string, secret: string): boolean =>
  timingSafeEqual(sha256(given), sha256(secret));
