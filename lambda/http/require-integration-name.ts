import { InvalidRequestError } from '../core/errors.ts';
import { isIntegrationName } from '../core/integrations/integration-schema.ts';

/** @throws InvalidRequestError for what cannot name an integration, and so leaves no row */
export function requireIntegrationName(name = ''): string {
  if (isIntegrationName(name)) return name;
  throw new InvalidRequestError(
    'that is no name of an integration; allowed: 1–24 characters of a–z, 0–9 and -, beginning with a letter',
  );
}
