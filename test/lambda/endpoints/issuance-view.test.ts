import { describe, expect, it } from '@jest/globals';
import { toIssuanceView } from '../../../lambda/endpoints/issuance-view.ts';
import { issuanceAnswer } from '../../../lambda/http/audit-schemas.ts';
import { aDenial, anIssuance, hops, outcomes } from '../../support/an-issuance.ts';

describe('view of an issuance', () => {
  it('shows an auditor all that the row holds', () => {
    const { expiresAtSeconds, ...issuance } = anIssuance({ errorCode: 'AccessDenied', detail: 'PRIVATE' });

    expect(toIssuanceView({ ...issuance, expiresAtSeconds }, 'all')).toEqual({
      ...issuance,
      keptUntil: new Date(expiresAtSeconds * 1000).toISOString(),
    });
  });

  it.each(['all', 'own'] as const)('is what OpenAPI says, for the scope %s', (scope) => {
    for (const outcome of Object.values(outcomes)) {
      const view = toIssuanceView(anIssuance(outcome), scope);

      expect(issuanceAnswer.parse(view)).toEqual(view);
      const chained = toIssuanceView(anIssuance({ ...outcome, hops }), scope);
      expect(chained).toMatchObject({ hops });
      expect(issuanceAnswer.parse(chained)).toEqual(chained);
    }
    const { nonce, ...denial } = aDenial();
    const view = toIssuanceView({ ...denial, state: 'DENIED' }, scope);
    expect(issuanceAnswer.parse(view)).toEqual(view);
  });

  it('does not show a caller why, nor by which statement', () => {
    const view = toIssuanceView(anIssuance({ detail: 'PRIVATE', statement: 'PRIVATE' }), 'own');

    expect(view).not.toHaveProperty('detail');
    expect(view).not.toHaveProperty('statement');
    expect(JSON.stringify(view)).not.toContain('PRIVATE');
  });

  it('shows a caller the same of a forbidden profile as of one that does not exist', () => {
    const { nonce, ...forbidden } = aDenial({ statement: 'DenyContractors', detail: 'a statement denies' });
    const { statement, ...missing } = { ...forbidden, detail: 'no such profile' };

    expect(toIssuanceView({ ...forbidden, state: 'DENIED' }, 'own')).toEqual(
      toIssuanceView({ ...missing, state: 'DENIED' }, 'own'),
    );
  });
});
