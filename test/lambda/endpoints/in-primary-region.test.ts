import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { inPrimaryRegion } from '../../../lambda/endpoints/in-primary-region.ts';
import type { EndpointRequest } from '../../../lambda/http/endpoint.ts';
import { routes } from '../../../lambda/http/routes.ts';

const regions = ['eu-west-1', 'eu-central-1'];

/** The endpoint as it is in that region, and how often it was asked. */
function anEndpoint(deployment: Parameters<typeof inPrimaryRegion>[0]) {
  let asked = 0;
  const endpoint = inPrimaryRegion(deployment)(async () => {
    asked += 1;
    return { status: 200, body: {} };
  });
  return { ask: () => endpoint({} as EndpointRequest), asked: () => asked };
}

describe('inPrimaryRegion', () => {
  it.each([
    ['a deployment of one region', { region: 'eu-central-1' }],
    ['the primary region', { region: 'eu-west-1', regions }],
  ])('leaves an endpoint of %s as it is', async (_, deployment) => {
    const { ask, asked } = anEndpoint(deployment);

    expect(await ask()).toEqual({ status: 200, body: {} });
    expect(asked()).toBe(1);
  });

  it('refuses in another region, names the primary one, and asks for nothing', async () => {
    const { ask, asked } = anEndpoint({ region: 'eu-central-1', regions });

    const refusal = await ask().catch((error: unknown) => error);

    expect(refusal).toMatchObject({
      code: 'not-the-primary-region',
      extensions: { primaryRegion: 'eu-west-1' },
    });
    expect(asked()).toBe(0);
  });

  it('guards every route that changes an integration, and none that only reads', () => {
    const text = readFileSync('lambda/functions/integrations.ts', 'utf8');
    const guarded = [...text.matchAll(/^ {4}(\w+): inPrimary\(/gm)].map(([, operation]) => operation);
    const changing = routes.filter(
      ({ handledBy, method }) => handledBy === 'integrations' && method !== 'GET',
    );

    expect(guarded.length).toBeGreaterThan(5);
    expect([...guarded].sort()).toEqual([...new Set(changing.map(({ operation }) => operation))].sort());
  });
});
