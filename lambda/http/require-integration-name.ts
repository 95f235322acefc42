import { InvalidRequestError } from '../core/errors.ts';
import { isIntegrationName } from '../core/integrations/integration-schema.ts';

/** @throws InvalidRequestError for what cannot name an integration, and so leaves no row */
export function requireIntegrationName(name = ''): string {
  if (isIntegrationName(name)) return name;
  if (name === 'self')
    throw new InvalidRequestError(
      "self is the third party's own, which its key says: GET /v1/integrations/self, …/self/issuances and …/self/onboarding, and PUT …/self/keys; allowed here: a name that the list of integrations shows",
    );
  throw new InvalidRequestError(
    'that is no name of an integration; allowed: 1–24 characters of a–z, 0–9 and -, beginning with a letter',
  );
}
