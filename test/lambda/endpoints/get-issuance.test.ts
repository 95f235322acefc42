import { describe, expect, it } from '@jest/globals';
import { createGetIssuance } from '../../../lambda/endpoints/get-issuance.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anId, anIssuance } from '../../support/an-issuance.ts';

const get = async (pathParameters: Readonly<Record<string, string>>, scope: 'all' | 'own') => {
  const asked: unknown[] = [];
  const endpoint = createGetIssuance({
    find: async (...request) => {
      asked.push(request);
      return { issuance: anIssuance(), scope };
    },
  });
  const answer = await endpoint({
    principal: aPrincipal(),
    origin: anOrigin(),
    pathParameters,
    query: {},
    body: {},
  });
  return { asked, answer };
};

describe('GET issuance', () => {
  it('shows the issuance of the path to this principal from this origin', async () => {
    const { asked, answer } = await get({ id: anId }, 'all');

    expect(asked).toEqual([[aPrincipal(), anOrigin(), anId]]);
    expect(answer).toMatchObject({ status: 200, body: { id: anId, statement: 'trust[0]' } });
  });

  it('shows what the scope allows', async () => {
    const { answer } = await get({ id: anId }, 'own');

    expect(answer.body).not.toHaveProperty('statement');
  });

  it('asks for no id when there is none', async () => {
    expect((await get({}, 'own')).asked).toEqual([[aPrincipal(), anOrigin(), '']]);
  });
});
