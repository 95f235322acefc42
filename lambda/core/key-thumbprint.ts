import type { KeyObject } from 'node:crypto';
import { sha256, toCanonicalJson } from './sha256.ts';

/**
 * The SHA-256 thumbprint of a public key: 43 characters, the same however the key was written. Source: RFC 7638 §3; the
 * members of an exported public key are those that the thumbprint wants, and no others.
 */
export const toKeyThumbprint = (key: KeyObject): string =>
  sha256(toCanonicalJson(key.export({ format: 'jwk' }))).toString('base64url');
