import { describe, expect, it } from '@jest/globals';
import { createGetHealth } from '../../../lambda/endpoints/get-health.ts';
import { healthAnswer } from '../../../lambda/http/open-schemas.ts';
import { anOpenRequest } from '../../support/an-event.ts';

describe('GET health', () => {
  it('answers', async () => {
    const { status, body } = await createGetHealth()(anOpenRequest());

    expect(status).toBe(200);
    expect(healthAnswer.parse(body)).toEqual({ status: 'ok' });
  });
});
