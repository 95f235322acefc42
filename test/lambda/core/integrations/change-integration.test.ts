import { describe, expect, it } from '@jest/globals';
import { IntegrationStateError } from '../../../../lambda/core/errors.ts';
import {
  beginRotation,
  replaceSettings,
  retireExternalId,
  toSettings,
} from '../../../../lambda/core/integrations/change-integration.ts';
import { readIntegration } from '../../../../lambda/core/integrations/read-integration-document.ts';
import { aManagingConfiguration, anIntegration } from '../../../support/managing-integrations.ts';
import { nowMs } from '../../../support/tokens.ts';

const previous = { value: 'z', acceptedUntil: new Date(nowMs + 1000).toISOString() };

describe('a change of an integration', () => {
  it.each([
    ['next', { current: 'a', next: 'b' }],
    ['previous', { current: 'a', previous }],
  ])('begins no rotation beside a %s id', (_which, externalIds) => {
    expect(() => beginRotation(anIntegration({ externalIds }), 'c')).toThrow(IntegrationStateError);
  });

  it('ends the time of a previous id now, and never makes it longer', () => {
    const before = anIntegration({ externalIds: { current: 'a', previous } });

    const after = retireExternalId(before, 'previous', nowMs);

    expect(after.externalIds.previous).toEqual({
      value: 'z',
      acceptedUntil: new Date(nowMs).toISOString(),
    });
    expect(() => retireExternalId(before, 'previous', nowMs + 1000)).toThrow(IntegrationStateError);
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
