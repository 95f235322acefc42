import type * as z from 'zod';
import { checkJwks } from '../check-jwks.ts';
import type { Report } from '../compile-statements.ts';
import type { Configuration, JsonWebKeySet } from '../configuration.ts';
import { distinct, isWithin, readSettings, reportPrototypeKeys, toProblems } from '../document-shape.ts';
import { InvalidRequestError } from '../errors.ts';
import type { Problem } from '../policy/policy.ts';
import { compileIntegrationParts } from './compile-integration.ts';
import {
  type IntegrationDocument,
  integrationKeysSchema,
  integrationSchema,
  type NewIntegrationDocument,
  newIntegrationSchema,
} from './integration-schema.ts';

/*
 * Each throws InvalidRequestError that names every key path and what is allowed there. It repeats no value: one may be
 * a private key or an ExternalId.
 */

/** What a manager sends to make an integration. */
export function readNewIntegration(body: unknown, configuration: Configuration): NewIntegrationDocument {
  return readDocument(newIntegrationSchema, body, (settings, report) => {
    const { name, jwks, ...rest } = settings;
    reportIssuerName(name, configuration, report);
    checkJwks(jwks, keyAlgorithms, report);
    compileIntegrationParts(name, rest, { configuration, report });
  });
}

/** What a manager sends in the place of all settings. */
export const readIntegration = (
  name: string,
  body: unknown,
  configuration: Configuration,
): IntegrationDocument =>
  readDocument(integrationSchema, body, (settings, report) => {
    compileIntegrationParts(name, settings, { configuration, report });
  });

/** All keys of a third party. */
export function readIntegrationKeys(body: unknown): JsonWebKeySet {
  const { jwks } = readDocument(integrationKeysSchema, body, (settings, report) => {
    checkJwks(settings.jwks, keyAlgorithms, report);
  });
  return jwks;
}

/** Of tokens of third parties, whatever the key. */
const keyAlgorithms = ['RS256', 'ES256', 'ES384', 'EdDSA'] as const;

/** A statement that names an issuer must not mean an integration as well. */
function reportIssuerName(name: string | undefined, { issuers }: Configuration, report: Report): void {
  const type = name === undefined ? undefined : issuers.get(name)?.type;
  if (type === undefined || type === 'integration') return;
  report({ path: ['name'], value: name, allowed: "a name that is not a configured issuer's" });
}

function readDocument<Schema extends z.ZodObject>(
  schema: Schema,
  body: unknown,
  check: (settings: Partial<z.output<Schema>>, report: Report) => void,
): z.output<Schema> {
  const shape = schema.safeParse(body);
  const misshapen = shape.success ? [] : toProblems(shape.error, body);
  const problems = [...misshapen];
  // A value whose shape is in error has had its say.
  const report: Report = (problem) => {
    if (!misshapen.some(({ path }) => isWithin(path, problem.path))) problems.push(problem);
  };
  reportPrototypeKeys(body, report);
  check(readSettings(schema, body), report);
  if (shape.success && problems.length === 0) return shape.data;
  throw toRefusal(distinct(problems));
}

function toRefusal(problems: readonly Problem[]): InvalidRequestError {
  const errors = problems.map(({ path, allowed }) => ({ path: ['body', ...path].join('.'), allowed }));
  const sentences = errors.map(({ path, allowed }) => `${path}; allowed: ${allowed}`);
  return new InvalidRequestError(`cannot take ${sentences.join(' · ')}`, { extensions: { errors } });
}
