import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BrokerError } from '../../../../lambda/core/errors.ts';
import type { Integration } from '../../../../lambda/core/integrations/integration.ts';
import { integrationStates } from '../../../../lambda/core/integrations/integration.ts';
import { credentialsBody } from '../../../../lambda/http/credential-schemas.ts';
import { anOrigin, aPrincipal } from '../../../support/a-principal.ts';
import { anIntegrationIssuing, aVerifiedIntegration } from '../../../support/issuing-for-integrations.ts';

/** Names that are each other's prefix, suffix and near miss. */
const names = ['globex', 'globex2', 'glob', 'initech', 'init-ech', 'x'] as const;
const issuers = ['okta', 'ci'] as const;
const subjects = ['alice@example.com', 'bob', 'globex', 'initech'] as const;

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 });

/** Accounts and role names that are alike, and one of our own. */
const roleArn = fc
  .tuple(
    fc.constantFrom(
      '777777777777',
      '666666666666',
      '777777777778',
      '777777777777',
      '222222222222',
      '111111111111',
    ),
    fc.constantFrom('Daypass', 'daypass', 'partners/Daypass', 'Daypass2'),
  )
  .map(([account, role]) => `arn:aws:iam::${account}:role/${role}`);

const aStatementOf = (name: string) =>
  fc.record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    // Another integration's issuer is none that its own statements may name.
    issuer: fc.constantFrom('okta', 'okta', 'okta', 'ci', 'ci', name, name, name, 'initech'),
    subject: fc.option(fc.constantFrom(...subjects), { freq: 2 }),
  });

interface Written {
  readonly Effect: string;
  readonly issuer: string;
  readonly subject: string | null;
}

interface Given {
  readonly integration: Integration;
  readonly written: readonly Written[];
}

const anIntegrationOf = (name: string) =>
  fc
    .record({
      roleArn,
      current: hex,
      next: fc.option(hex),
      state: fc.oneof(
        { weight: 4, arbitrary: fc.constant('VERIFIED' as const) },
        fc.constantFrom(...integrationStates),
      ),
      written: fc.array(aStatementOf(name), { minLength: 1, maxLength: 3 }),
    })
    .map(({ roleArn: arn, current, next, state, written }): Given => {
      const integration = aVerifiedIntegration({
        ...{ name, roleArn: arn, state },
        externalIds: {
          current: `daypass-${current}`,
          ...(next === null ? {} : { next: `daypass-${next}` }),
        },
        trust: written.map(({ Effect, issuer, subject }) => ({
          ...{ Effect, Principal: { Federated: issuer } },
          ...(subject === null ? {} : { Condition: { StringEquals: { 'daypass:Subject': subject } } }),
        })),
      });
      return { integration, written };
    });

/** Some of the names have an integration. */
const world = fc
  .subarray([...names], { minLength: 3 })
  .chain((present) => fc.tuple(...present.map(anIntegrationOf)));

/** The model: who may have it, in the plainest words. */
function mayHave({ integration, written }: Given, caller: { issuer: string; subject: string }): boolean {
  const known = (issuer: string) => ['okta', 'ci', integration.name].includes(issuer);
  const account = integration.roleArn.split(':')[4] ?? '';
  const isOwn = ['111111111111', '222222222222'].includes(account);
  const speaking = written.filter(
    ({ issuer, subject }) => issuer === caller.issuer && (subject === null || subject === caller.subject),
  );
  return (
    integration.state === 'VERIFIED' &&
    !isOwn &&
    written.every(({ issuer }) => known(issuer)) &&
    speaking.some(({ Effect }) => Effect === 'Allow') &&
    !speaking.some(({ Effect }) => Effect === 'Deny')
  );
}

const body = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record({ durationSeconds: fc.integer({ min: 900, max: 900 }) }),
  fc.record({ reason: fc.constantFrom('because', 'arn:aws:iam::666666666666:role/Daypass') }),
  // What a caller would like to say, and no body may.
  fc.dictionary(
    fc.constantFrom(
      'externalId',
      'ExternalId',
      'roleArn',
      'RoleArn',
      'integration',
      'id',
      'name',
      'profile',
      'via',
    ),
    fc.oneof(roleArn, hex, fc.constantFrom(...names)),
    { minKeys: 1 },
  ),
);

/** One that is there, by its place; or any text. */
const askedName = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 5 }) },
  fc.constantFrom<string>(...names),
  fc.constantFrom('GLOBEX', 'globex/', 'globex\n', '../initech', 'self', 'external-id#0', '__proto__', ''),
);

describe('over random integrations, principals and requests', () => {
  it('a caller reaches the role and the ExternalId of an integration that trusts it, and no other', async () => {
    let issued = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        world,
        fc.record({
          issuer: fc.oneof(
            { weight: 4, arbitrary: fc.constantFrom<string>(...issuers) },
            fc.constantFrom<string>(...names),
          ),
          subject: fc.constantFrom(...subjects),
        }),
        askedName,
        body,
        async (given, caller, placeOrName, said) => {
          const name =
            typeof placeOrName === 'string'
              ? placeOrName
              : (given[placeOrName % given.length]?.integration.name ?? '');
          const issuing = anIntegrationIssuing(given.map(({ integration }) => integration));
          const parsed = credentialsBody.safeParse(said);
          // As the endpoint does: what the body may not say is refused before anything is looked at.
          const asked = parsed.success
            ? issuing.issueCredentials(aPrincipal(caller), { integration: name, ...parsed.data }, anOrigin())
            : Promise.reject(new Error('400'));
          const outcome = await asked.then(
            () => 'issued',
            (error: unknown) => (error instanceof BrokerError || !parsed.success ? 'refused' : String(error)),
          );

          const own = given.find(({ integration }) => integration.name === name);
          const may = own !== undefined && mayHave(own, caller) && parsed.success;
          expect(outcome).toBe(may ? 'issued' : 'refused');
          expect(issuing.requests().map(({ roleArn: arn, externalId }) => ({ arn, externalId }))).toEqual(
            may ? [{ arn: own.integration.roleArn, externalId: own.integration.externalIds.current }] : [],
          );
          const rows = JSON.stringify([issuing.intents(), issuing.denials()]);
          for (const { integration } of given) expect(rows).not.toContain(integration.externalIds.current);
          if (may) issued += 1;
          else refused += 1;
        },
      ),
      { numRuns: 2500 },
    );
    // The property says nothing where nobody gets anything.
    expect(Math.min(issued, refused)).toBeGreaterThan(50);
  });
});
