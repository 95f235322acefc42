import type * as z from 'zod';
import { checkJwks } from '../check-jwks.ts';
import type { Report } from '../compile-statements.ts';
import type { Configuration, JsonWebKeySet } from '../configuration.ts';
import { distinct, isWithin, readSettings, reportPrototypeKeys, toProblems } from '../document-shape.ts';
import { InvalidRequestError } from '../errors.ts';
import type { Problem } from '../policy/policy.ts';
import { compileIntegrationParts } from './compile-integration.ts';
import { holdsExternalId } from './external-id.ts';
import {
  type IntegrationDocument,
  integrationKeysSchema,
  integrationSchema,
  type NewIntegrationDocument,
  newIntegrationSchema,
} from './integration-schema.ts';
import { findIntegrationIssuer } from './keys-in-force.ts';

/*
 * Each throws InvalidRequestError that names every key path and what is allowed there. It repeats no value: one may be
 * a private key or an ExternalId.
 */

/** What a manager sends to make an integration. */
export function readNewIntegration(body: unknown, configuration: Configuration): NewIntegrationDocument {
  return readDocument(newIntegrationSchema, body, (settings, report) => {
    const { name, jwks, ...rest } = settings;
    if (jwks !== undefined) checkKeys(name, jwks, { configuration, report });
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
export function readIntegrationKeys(
  name: string,
  body: unknown,
  configuration: Configuration,
): JsonWebKeySet {
  const { jwks } = readDocument(integrationKeysSchema, body, (settings, report) => {
    checkKeys(name, settings.jwks, { configuration, report });
  });
  return jwks;
}

/** Keys prove somebody by the issuer of the integration's name alone, and by its algorithms. */
function checkKeys(
  name: string | undefined,
  jwks: JsonWebKeySet | undefined,
  { configuration, report }: { readonly configuration: Configuration; readonly report: Report },
): void {
  const issuer = findIntegrationIssuer(name, configuration);
  checkJwks(jwks, issuer?.algorithms, report);
  if (issuer !== undefined || name === undefined) return;
  const allowed = `keys only where the configuration has an issuer of this name: issuers.${name} with type: integration, an audience and algorithms`;
  report({ path: ['jwks'], value: name, allowed });
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
  reportExternalIds(body, report);
  check(readSettings(schema, body), report);
  if (shape.success && problems.length === 0) return shape.data;
  throw toRefusal(distinct(problems));
}

/** Every text of a document is read by others than those who may know the id; nobody has a reason to repeat one. */
function reportExternalIds(value: unknown, report: Report, path: Problem['path'] = []): void {
  if (typeof value === 'string' && holdsExternalId(value))
    report({ path, value: 'an ExternalId', allowed: 'text without an ExternalId of Daypass' });
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) reportExternalIds(member, report, [...path, key]);
}

function toRefusal(problems: readonly Problem[]): InvalidRequestError {
  const errors = problems.map(({ path, allowed }) => ({ path: ['body', ...path].join('.'), allowed }));
  const sentences = errors.map(({ path, allowed }) => `${path}; allowed: ${allowed}`);
  return new InvalidRequestError(`cannot take ${sentences.join(' · ')}`, { extensions: { errors } });
}
