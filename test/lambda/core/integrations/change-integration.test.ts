import { describe, expect, it } from '@jest/globals';
import { IntegrationStateError } from '../../../../lambda/core/errors.ts';
import {
  beginRotation,
  replaceSettings,
  retireExternalId,
  toSettings,
} from '../../../../lambda/core/integrations/change-integration.ts';
import type { ExternalIds } from '../../../../lambda/core/integrations/integration.ts';
import { readIntegration } from '../../../../lambda/core/integrations/read-integration-document.ts';
import { aManagingConfiguration, anIntegration } from '../../../support/managing-integrations.ts';
import { nowMs } from '../../../support/tokens.ts';

const over = { value: 'y', acceptedUntil: new Date(nowMs - 1).toISOString() };
const previous = { value: 'z', acceptedUntil: new Date(nowMs + 1000).toISOString() };

describe('a change of an integration', () => {
  it.each<[string, ExternalIds, RegExp]>([
    ['a next id', { current: 'a', next: 'b' }, /waits for its proof/],
    ['three previous ids', { current: 'a', previous: [previous, over, previous] }, /there may be 3/],
  ])('begins no rotation beside %s', (_which, externalIds, message) => {
    expect(() => beginRotation(anIntegration({ externalIds }), 'c')).toThrow(IntegrationStateError);
    expect(() => beginRotation(anIntegration({ externalIds }), 'c')).toThrow(message);
  });

  it('begins a rotation beside two previous ids, and keeps them', () => {
    const externalIds = { current: 'a', previous: [over, previous] };

    expect(beginRotation(anIntegration({ externalIds }), 'c').externalIds).toEqual({
      ...{ ...externalIds, next: 'c' },
    });
  });

  it('ends the time of the previous ids now, and never makes one longer', () => {
    const before = anIntegration({ externalIds: { current: 'a', previous: [over, previous] } });

    const after = retireExternalId(before, 'previous', nowMs);

    expect(after.externalIds).toEqual({
      ...{ current: 'a', previous: [over, { value: 'z', acceptedUntil: new Date(nowMs).toISOString() }] },
    });
    expect(() => retireExternalId(before, 'previous', nowMs + 1000)).toThrow(IntegrationStateError);
  });

  it('gives up the next id as one that the role must refuse: the kit had shown it', () => {
    const before = anIntegration({ externalIds: { current: 'a', next: 'b', previous: [previous] } });

    expect(retireExternalId(before, 'next', nowMs).externalIds).toEqual({
      current: 'a',
      previous: [previous, { value: 'b', acceptedUntil: new Date(nowMs).toISOString() }],
    });
  });

  it('takes what it shows: its settings sent back change nothing', () => {
    const before = anIntegration({
      state: 'VERIFIED',
      requestAccessUrl: 'https://wiki.example.com/acme',
      sessionTags: { a: 'b', c: 'd' },
    });
    const sent: unknown = JSON.parse(JSON.stringify(toSettings(before)));

    const document = readIntegration('acme', sent, aManagingConfiguration());

    expect(replaceSettings(before, document, undefined)).toEqual(before);
  });

  it('of the role without a new ExternalId is an error', () => {
    const before = anIntegration();
    const sent = { ...toSettings(before), roleArn: 'arn:aws:iam::444444444444:role/Other' };
    const document = readIntegration('acme', sent, aManagingConfiguration());

    expect(() => replaceSettings(before, document, undefined)).toThrow(TypeError);
  });
});
