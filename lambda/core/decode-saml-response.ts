import { Buffer } from 'node:buffer';
import { type RefuseAssertion, toRefuseAssertion } from './refuse-assertion.ts';

/**
 * The text of a response in base64 with line breaks, as MIME has them (RFC 2045 §6.8), and nothing else in it; UTF-8
 * below.
 *
 * @throws AssertionRefusedError
 */
export function decodeSamlResponse(samlResponse: string): string {
  const refuse: RefuseAssertion = toRefuseAssertion();
  const base64 = samlResponse.replace(/\r?\n/g, '');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== base64) {
    refuse('malformed-response', 'SAMLResponse is not base64 of something');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('malformed-response', 'SAMLResponse is not UTF-8');
  }
}
