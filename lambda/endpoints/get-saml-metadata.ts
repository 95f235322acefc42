import { toSamlMetadata } from '../core/saml-metadata.ts';
import type { OpenEndpoint } from '../http/endpoint.ts';

/** `GET /v1/saml/metadata`: what an identity provider needs to know of this broker. */
export function createGetSamlMetadata(url: string): OpenEndpoint {
  const body = toSamlMetadata(url);
  return async () => ({ status: 200, headers: { 'Content-Type': 'application/samlmetadata+xml' }, body });
}
