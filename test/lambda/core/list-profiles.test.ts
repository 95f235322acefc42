import { describe, expect, it } from '@jest/globals';
import { createListProfiles } from '../../../lambda/core/list-profiles.ts';
import { aConfiguration, aProfileDocument } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { nowMs } from '../../support/tokens.ts';
import { aDemoCaller, configuration } from './tables/issuance-row.ts';

const allow = { Effect: 'Allow', Principal: { Federated: 'okta' } };

const namesFor = (
  ports: Parameters<typeof createListProfiles>[0],
  principal = aPrincipal(),
  origin = anOrigin(),
) => createListProfiles(ports)(principal, origin).map(({ name }) => name);

/** What sre may have from wherever it is. */
const anywhere = [
  ...['team-data', 'data-via-production', 'data-long', 'federated-reports'],
  ...['root-audit', 'partner-token'],
];

describe('listProfiles', () => {
  it.each([
    ['sre' as const, ['prod-readonly', ...anywhere]],
    ['developer' as const, ['team-data']],
    ['ci' as const, ['ci-deploy', 'ci-direct']],
    ['acme' as const, ['acme-reports']],
  ])('gives %s its own profiles of the example', (caller, expected) => {
    expect(namesFor({ configuration, now: () => nowMs }, aDemoCaller(caller))).toEqual(expected);
  });

  it('leaves out what the caller may not have from where it is', () => {
    const origin = anOrigin({ sourceIp: '198.51.100.1' });

    expect(namesFor({ configuration, now: () => nowMs }, aDemoCaller('sre'), origin)).toEqual(anywhere);
  });

  it('leaves out what a missing claim would leave empty', () => {
    const principal = aDemoCaller('sre', { team: undefined });

    expect(namesFor({ configuration, now: () => nowMs }, principal)).toEqual(['root-audit']);
  });

  it('decides at the time of the request', () => {
    const Condition = { DateLessThan: { 'daypass:CurrentTime': '2026-01-01T00:00:00Z' } };
    const timed = aConfiguration({ profiles: { a: aProfileDocument({ trust: [{ ...allow, Condition }] }) } });

    expect(namesFor({ configuration: timed, now: () => nowMs - 1000 })).toEqual(['a']);
    expect(namesFor({ configuration: timed, now: () => nowMs })).toEqual([]);
  });

  it('keeps the order of the configuration', () => {
    const profiles = { b: aProfileDocument(), a: aProfileDocument(), c: aProfileDocument() };

    expect(namesFor({ configuration: aConfiguration({ profiles }), now: () => nowMs })).toEqual([
      'b',
      'a',
      'c',
    ]);
  });

  it('gives nothing to a caller of an issuer that no profile names', () => {
    expect(namesFor({ configuration, now: () => nowMs }, aPrincipal({ issuer: 'nobody' }))).toEqual([]);
  });
});
