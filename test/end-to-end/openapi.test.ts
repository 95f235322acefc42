import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routes } from '../../lambda/http/routes.ts';
import { call, fetchToken, issue } from '../support/daypass-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let token: string;
let issuanceId: string;

beforeAll(async () => {
  daypass = await startDaypass();
  token = await fetchToken(daypass, 'sre');
  const { json } = await issue(daypass, token, 'team-data', { reason: 'a look', durationSeconds: 1200 });
  issuanceId = json.IssuanceId;
  await issue(daypass, token, 'ci-deploy');
});

afterAll(() => daypass.stop());

describe('what OpenAPI says of an answer', () => {
  it.each(routes)('is what $method $path answers', async ({ method, path, schemas }) => {
    const target = path.replace('{profile}', 'prod-readonly').replace('{id}', issuanceId);

    const answer = await call(daypass, { token, method, path: target });

    expect(answer.status).toBe(200);
    // Strict schemas: a member too many or of another type is an error.
    expect(schemas.answer.safeParse(answer.json).error).toBeUndefined();
  });
});

describe('an open route', () => {
  const open = routes.filter(({ authorization }) => authorization === 'none');

  it.each(open)('$path answers without a token, and in no other way with one', async ({ path }) => {
    const without = await fetch(`${daypass.broker}${path}`);
    const forged = await fetch(`${daypass.broker}${path}`, { headers: { authorization: 'Bearer x.y.z' } });

    expect(without.status).toBe(200);
    expect(await forged.json()).toEqual(await without.json());
  });

  it('takes the issuers from the configuration, whatever Host and forwarded headers say', async () => {
    const answer = await fetch(`${daypass.broker}/.well-known/daypass`, {
      headers: { 'x-forwarded-host': 'evil.example' },
    });

    const text = await answer.text();
    expect(text).not.toContain('evil.example');
    expect(JSON.parse(text).issuers.map(({ name }: { name: string }) => name)).toEqual([
      'okta',
      'github-actions',
      'acme',
    ]);
  });
});
