import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAskAsCanary } from '../../../lambda/adapters/ask-as-canary.ts';
import { home, type IamGateway, startIamGateway } from '../../local/gateway/an-iam-gateway.ts';
import { startLoopbackServer } from '../../support/loopback-server.ts';

const roleArn = `arn:aws:iam::${home}:role/team/Allowed`;
const path = '/iam/v1/profiles/canary/credentials';

let gateway: IamGateway;

beforeAll(async () => {
  gateway = await startIamGateway({});
});

afterAll(() => gateway.stop());

const ask = (url: string, changes: object = {}) =>
  createAskAsCanary({
    fetch: globalThis.fetch,
    credentials: () => ({ ...gateway.session(roleArn, { sessionName: 'canary' }), ...changes }),
    ...{ region: 'eu-west-1', now: Date.now, timeoutMs: 5000 },
  })(new URL(`${url}${path}`));

describe('createAskAsCanary', () => {
  it('is who its role is to a gateway that checks signatures', async () => {
    const answer = await ask(gateway.url);

    expect(answer).toEqual({ status: 200, body: {} });
    expect(gateway.events.at(-1)?.requestContext.identity.userArn).toBe(
      `arn:aws:sts::${home}:assumed-role/Allowed/canary`,
    );
    expect(gateway.events.at(-1)?.body).toBe('{}');
  });

  it('is nobody with another secret', async () => {
    const answer = await ask(gateway.url, { secretAccessKey: 'x'.repeat(40) });

    expect(answer).toMatchObject({ status: 403, body: { code: 'invalid-signature' } });
  });

  it('hands over an answer that is no JSON as none', async () => {
    const server = await startLoopbackServer();
    server.respond((response) => response.writeHead(403).end('<html>Forbidden</html>'));

    const answer = await ask(server.url);
    await server.close();

    expect(answer).toEqual({ status: 403, body: undefined });
  });

  it('follows nobody with its signature', async () => {
    const server = await startLoopbackServer();
    server.respond((response) => response.writeHead(307, { location: gateway.url }).end());

    await expect(ask(server.url)).rejects.toThrow('fetch failed');
    await server.close();
  });
});
