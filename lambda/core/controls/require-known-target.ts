import type { Configuration } from '../configuration.ts';
import { InvalidRequestError } from '../errors.ts';
import { isIntegrationName } from '../integrations/integration-schema.ts';
import { findIamSubject } from './iam-subject.ts';
import type { SuspensionTarget } from './suspension.ts';

type Known = Pick<Configuration, 'deployment' | 'profiles' | 'issuers' | 'integrations'>;

interface Named {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * The target as requests say it. What is misspelt would stop nothing, and look as if it did.
 *
 * @throws InvalidRequestError for a profile or an issuer that is not configured, a name that no integration can have, and
 * a subject that the issuer's cannot be
 */
export function requireKnownTarget(target: SuspensionTarget, configuration: Known): SuspensionTarget {
  switch (target.kind) {
    case 'everything':
      return target;
    case 'principal':
      return { kind: 'principal', ...requireKnownPrincipal(target, configuration) };
    case 'profile':
      if (configuration.profiles.has(target.name)) return target;
      throw new InvalidRequestError(
        `profile; allowed: one of the configuration's: ${[...configuration.profiles.keys()].join(', ')}`,
      );
    case 'issuer':
      requireKnownIssuer(target.name, configuration);
      return target;
    case 'integration':
      requireIntegrationName(target.name, configuration);
      return target;
  }
}

/** The principal with its subject as requests have it. @throws as `requireKnownTarget` does */
function requireKnownPrincipal({ issuer, subject }: Named, configuration: Known): Named {
  requireKnownIssuer(issuer, configuration);
  const configured = configuration.issuers.get(issuer);
  if (configured?.type === 'iam') return { issuer, subject: toIamSubject(subject, configuration) };
  if (configured === undefined && subject !== issuer)
    throw new InvalidRequestError(
      "principal.subject; allowed: of a third party, that is of an issuer that the configuration doesn't have, the issuer's own name",
    );
  return { issuer, subject };
}

/**
 * As whom rows may know the principal. Sessions outlive an issuer that is taken out of the configuration, often because of them; whether
 * there are any, the rows say. Of an issuer that nobody knows any more an ARN may be one of IAM's, or the text of a token.
 *
 * @throws InvalidRequestError for a subject that an issuer of type `iam` cannot have
 */
export function toRecordedPrincipals(
  { issuer, subject }: Named,
  configuration: Known,
): readonly [Named, ...Named[]] {
  const configured = configuration.issuers.get(issuer);
  if (configured?.type === 'iam') return [{ issuer, subject: toIamSubject(subject, configuration) }];
  const named = { issuer, subject };
  const found =
    configured === undefined ? findIamSubject(subject, configuration.deployment.partition) : undefined;
  return found === undefined || found === subject ? [named] : [named, { issuer, subject: found }];
}

function requireKnownIssuer(name: string, { issuers, integrations }: Known): void {
  // Third parties with keys of their own are issuers too, and stand in a table that is not looked at here.
  if (issuers.has(name) || (integrations !== undefined && isIntegrationName(name))) return;
  throw new InvalidRequestError(
    `issuer; allowed: one of the configuration's: ${[...issuers.keys()].join(', ')}`,
  );
}

/** By its name alone: the switch has to hold while the table of integrations is out of reach. */
function requireIntegrationName(name: string, { integrations }: Known): void {
  if (integrations === undefined)
    throw new InvalidRequestError(
      'integration; allowed: none: the configuration has no section integrations',
    );
  if (isIntegrationName(name)) return;
  throw new InvalidRequestError('integration; allowed: a name that an integration can have');
}

function toIamSubject(subject: string, { deployment: { partition } }: Pick<Known, 'deployment'>): string {
  const found = findIamSubject(subject, partition);
  if (found === undefined) throw toNoSubject(partition);
  return found;
}

const toNoSubject = (partition: string) =>
  new InvalidRequestError(
    `principal.subject; allowed: of an issuer of type iam, the ARN of a role, a role session, a user or a federated user of the partition ${partition}`,
  );
