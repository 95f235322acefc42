import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aWorld, startTestAws, type TestAws } from './an-embedded-aws.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(aWorld());
});
afterAll(() => aws.stop());

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Not fetch: that one sets Host itself. */
function send(path: string, { method = 'GET', headers = {}, body = '' }: Sent = {}) {
  return new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
    const sent = request(`${aws.url}${path}`, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('/_local/faults', () => {
  const fault = { service: 'sts', operation: 'AssumeRole', kind: 'lost', times: 1 };

  it('are put, shown and taken away', async () => {
    const put = await send('/_local/faults', { method: 'PUT', body: JSON.stringify([fault]) });
    const shown = await send('/_local/faults');
    const gone = await send('/_local/faults', { method: 'DELETE' });

    expect([put, shown, gone].map(({ status }) => status)).toEqual([200, 200, 200]);
    expect([put, shown, gone].map(({ body }) => JSON.parse(body))).toEqual([[fault], [fault], []]);
    expect(aws.faults.list()).toEqual([]);
  });

  it.each([
    ['no JSON', '{', 400],
    ['no list', '{}', 400],
    ['an unknown kind', JSON.stringify([{ ...fault, kind: 'x' }]), 400],
    ['an unknown service', JSON.stringify([{ ...fault, service: 's3' }]), 400],
  ])('refuse %s, and leave those that are there', async (_name, body, status) => {
    aws.faults.replace([{ service: 'sts', kind: '500' }]);
    const answer = await send('/_local/faults', { method: 'PUT', body });
    const left = aws.faults.list();
    aws.faults.clear();

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).message).not.toBe('');
    expect(left).toHaveLength(1);
  });
});

describe('/_local/credentials/{accessKeyId}/expire', () => {
  it.each(['AKIAADMINADMINADMIN1', 'ASIA', 'ASIAaaaaaaaaaaaaaaaa', '..%2f..%2fkey', '%00'])(
    'refuses %s, which cannot expire',
    async (id) => {
      expect((await send(`/_local/credentials/${id}/expire`, { method: 'POST' })).status).toBe(400);
    },
  );
});

describe('every /_local route', () => {
  const port = () => new URL(aws.url).port;

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('answers as %s', async (name) => {
    const answer = await send('/_local/cloudtrail', { headers: { host: `${name}:${port()}` } });

    expect(answer.status).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '127.0.0.1@evil.example',
    '0.0.0.0',
  ])('refuses the Host %j, which a page could have pointed here', async (host) => {
    const answer = await send('/_local/cloudtrail', { headers: { host } });

    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain('Records');
  });

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:8080'])(
    'refuses the Origin %s',
    async (origin) => {
      const answer = await send('/_local/faults', {
        method: 'PUT',
        headers: { origin },
        body: JSON.stringify([{ service: 'sts', kind: '500' }]),
      });

      expect(answer.status).toBe(403);
      expect(aws.faults.list()).toEqual([]);
    },
  );

  it.each([
    ['POST', '/_local/faults'],
    ['DELETE', '/_local/cloudtrail'],
    ['GET', '/_local/'],
    ['GET', '/_local/faults/'],
    ['GET', '/_local/credentials/ASIAAAAAAAAAAAAAAAAA/expire'],
  ])('is 404 for %s %s, with those that there are', async (method, path) => {
    const answer = await send(path, { method });

    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body).message).toContain('GET /_local/cloudtrail');
  });

  it('is told apart from AWS by its path alone', async () => {
    expect((await send('/_LOCAL/cloudtrail')).body).toContain('MissingAction');
  });
});
