import { expect, it } from '@jest/globals';
import { discoverIssuer } from '../../../../lib/client/login/open-id-issuer.ts';
import { aLongAnswer, longAnswerBytes } from '../../../support/a-long-answer.ts';
import { startLoopbackServer } from '../../../support/loopback-server.ts';

it('an issuer is read no further than any of them goes', async () => {
  const server = await startLoopbackServer();
  const { respond, takenBytes } = aLongAnswer();
  server.respond((response) => {
    response.setHeader('content-type', 'application/json');
    respond(response);
  });

  await expect(discoverIssuer(server.url, 'cli')).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining('too long'),
  });
  expect(takenBytes()).toBeLessThan(longAnswerBytes.most);
  await server.close();
});
