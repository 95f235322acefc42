import { type KeyObject, X509Certificate } from 'node:crypto';
import type { SamlVerifier } from '../core/authentication-ports.ts';
import type { Issuer, SamlIssuer } from '../core/configuration.ts';
import { type RefuseAssertion, toRefuseAssertion } from '../core/refuse-assertion.ts';
import type { SamlResponse } from '../core/saml-assertion.ts';
import { readSamlAssertion } from './saml-assertion-reader.ts';
import { attributeOf, parseSamlDocument } from './saml-document.ts';
import { type ResponseElements, requireEntityId, requireResponse } from './saml-response-elements.ts';
import { requireSignedBytes } from './saml-signed-bytes.ts';
import { requireSignedElements } from './saml-signed-elements.ts';

export interface SamlResponseVerifierOptions {
  /** Of the configuration; those of other types are left alone. */
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Gives what a signature covers: all that is read comes from there. @default by xml-crypto */
  readonly signedBytes?: typeof requireSignedBytes;
}

/**
 * Takes a narrow profile of SAML 2.0 responses and reads all that proves anything from the bytes that were signed,
 * parsed anew. Source: SAML core §5, and the ways in which others were broken (docs/threat-model.md).
 */
export function createSamlResponseVerifier({
  issuers,
  now,
  signedBytes = requireSignedBytes,
}: SamlResponseVerifierOptions): SamlVerifier {
  const trusted = toTrustedIssuers([...issuers.values()].filter((issuer) => issuer.type === 'saml'));

  return {
    verify(xml) {
      const refuseUnknown: RefuseAssertion = toRefuseAssertion();
      const document = parseSamlDocument(xml, refuseUnknown);
      const claimed = requireResponse(document, refuseUnknown);
      // Picked before any key is: whoever is named, only its own certificates are asked.
      const { issuer, certificates } =
        trusted.get(requireEntityId(claimed, refuseUnknown)) ??
        refuseUnknown('unknown-issuer', 'Issuer is no entity id that is configured');
      const refuse: RefuseAssertion = toRefuseAssertion(issuer.name);
      const signed = requireSignedElements(document, claimed, {
        signedBytes,
        keys: requireKeys(certificates, now(), refuse),
        refuse,
      });
      if (requireEntityId(signed, refuse) !== issuer.entityId) {
        refuse('unknown-issuer', 'the signed Issuer is another than the one whose keys were asked');
      }
      return { issuer, response: readResponse(signed, refuse) };
    },
  };
}

interface TrustedIssuer {
  readonly issuer: SamlIssuer;
  readonly certificates: readonly TrustedCertificate[];
}

interface TrustedCertificate {
  readonly key: KeyObject;
  readonly fromMs: number;
  readonly toMs: number;
}

function toTrustedIssuers(issuers: readonly SamlIssuer[]): ReadonlyMap<string, TrustedIssuer> {
  const trusted = new Map<string, TrustedIssuer>();
  for (const issuer of issuers) {
    if (trusted.has(issuer.entityId)) {
      throw new TypeError(`two issuers have the entityId ${issuer.entityId}; allowed is one`);
    }
    trusted.set(issuer.entityId, { issuer, certificates: issuer.certificates.map(toTrustedCertificate) });
  }
  return trusted;
}

function toTrustedCertificate(base64: string): TrustedCertificate {
  const { publicKey, validFrom, validTo } = new X509Certificate(Buffer.from(base64, 'base64'));
  return { key: publicKey, fromMs: Date.parse(validFrom), toMs: Date.parse(validTo) };
}

function requireKeys(
  certificates: readonly TrustedCertificate[],
  nowMs: number,
  refuse: RefuseAssertion,
): readonly KeyObject[] {
  const valid = certificates.filter(({ fromMs, toMs }) => fromMs <= nowMs && nowMs <= toMs);
  if (valid.length === 0) {
    refuse('certificate', 'each certificate of the issuer has expired or is not valid yet');
  }
  return valid.map(({ key }) => key);
}

function readResponse({ response, assertion }: ResponseElements, refuse: RefuseAssertion): SamlResponse {
  const destination = attributeOf(response, 'Destination');
  const inResponseTo = attributeOf(response, 'InResponseTo');
  return {
    ...(destination === undefined ? {} : { destination }),
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
    assertion: readSamlAssertion(assertion, refuse),
  };
}
