import { holdsExternalId } from './integrations/external-id.ts';

/**
 * Whether text of a caller's, which would be kept, has the shape of a secret: a secret access key (40 characters that are
 * no hexadecimal digest) or anything longer of its alphabet, a JWT, or an ExternalId, which only managers and its third
 * party may know.
 */
export function holdsSecret(value: string): boolean {
  const candidates = value.match(/(?<![\w/+=])[\w/+=]{40,}(?![\w/+=])/g) ?? [];
  return (
    candidates.some((candidate) => !/^[0-9a-f]+$/i.test(candidate)) ||
    /\beyJ[\w-]{8,}\.[\w-]+/.test(value) ||
    holdsExternalId(value)
  );
}
