import { createServer } from 'node:http';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLambdaProber } from '../../../lambda/adapters/lambda-prober.ts';
import { createLambdaVerifier } from '../../../lambda/adapters/lambda-verifier.ts';
import { BrokerError } from '../../../lambda/core/errors.ts';
import { judgeAnswer } from '../../../lambda/core/integrations/judge-answer.ts';
import type { ProbeTask } from '../../../lambda/core/integrations/verify-ports.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { anAuthority, denied, proberGiven, rightId, strangerHop } from '../../support/verifying.ts';

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the connection instead. */
  readonly lost?: true;
  /** Never answers. */
  readonly silent?: true;
}

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** Lambda's Invoke API on loopback, which gives one answer and writes down what it is asked. */
async function aLambda(answer: Answer, { timeoutMs = 2000 } = {}) {
  const asked: { readonly path: string; readonly body: unknown }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      asked.push({ path: request.url ?? '', body: JSON.parse(text) });
      if (answer.lost) request.socket.destroy();
      else if (!answer.silent)
        response.writeHead(answer.status ?? 200, answer.headers).end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  const client = new LambdaClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' },
  });
  stops.push(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const options = { client, functionName: 'daypass-prod-eu-west-1-other', timeoutMs };
  return { asked, prober: createLambdaProber(options), verifier: createLambdaVerifier(options) };
}

const json = (value: unknown): Answer => ({ body: JSON.stringify(value) });

/** What the prober answers with. */
const asked = (answer: object, hops: readonly object[] = []) => json({ answer, hops });

const credentials = { accessKeyId: 'ASIAPROBERPROBER1234', expiration: '2026-11-21T12:00:00.000Z' };

const probeTask = (probe: ProbeTask['probe']): ProbeTask => ({
  ...{ integration: 'globex', version: 7, probe, shape: 'real', which: 'current' },
  issuanceId: '01KDVDPJ000000000000000000',
});

describe('the prober by invocation', () => {
  it('is told the task, and nothing else', async () => {
    const { asked, prober } = await aLambda(json({ answer: denied, hops: [] }));

    await prober(probeTask('no-id'));
    await prober(probeTask('stranger'));

    expect(asked).toEqual([
      {
        path: '/2015-03-31/functions/daypass-prod-eu-west-1-other/invocations',
        body: probeTask('no-id'),
      },
      expect.objectContaining({ body: probeTask('stranger') }),
    ]);
  });

  it.each([proberGiven, denied])('answers what the function answered: $state', async (answer) => {
    const given = { answer, hops: [strangerHop] };
    const { prober } = await aLambda(json(given));

    expect(await prober(probeTask('stranger'))).toEqual(given);
  });

  it.each<[string, Answer, string]>([
    [
      'throws',
      { ...json({ errorType: 'Error' }), headers: { 'x-amz-function-error': 'Unhandled' } },
      'UNKNOWN',
    ],
    ['answers nothing', {}, 'UNKNOWN'],
    ['answers null', json(null), 'UNKNOWN'],
    ['answers half', { body: '{"state":"REFUSED","errorCode":' }, 'UNKNOWN'],
    [
      'answers with a secret',
      asked({ ...proberGiven, credentials: { ...credentials, secretAccessKey: 'canary' } }),
      'UNKNOWN',
    ],
    ['answers a state that is none', asked({ ...denied, state: 'PASSED' }), 'UNKNOWN'],
    [
      'answers no instant',
      asked({ ...proberGiven, credentials: { ...credentials, expiration: 'soon' } }),
      'UNKNOWN',
    ],
    [
      'answers with a secret of a hop',
      asked(denied, [{ ...strangerHop, sessionToken: 'canary' }]),
      'UNKNOWN',
    ],
    ['answers without hops', json({ answer: denied }), 'UNKNOWN'],
    ['is lost', { lost: true }, 'UNKNOWN'],
    ['is silent', { silent: true }, 'UNKNOWN'],
    ['is throttled', lambdaError(429, 'TooManyRequestsException'), 'FAILED'],
    ['must not be invoked', lambdaError(403, 'AccessDeniedException'), 'FAILED'],
    ['is not there', lambdaError(404, 'ResourceNotFoundException'), 'FAILED'],
    ['is out of order', lambdaError(500, 'ServiceException'), 'UNKNOWN'],
  ])('is inconclusive and asked once where it %s', async (_what, answer, state) => {
    const { asked, prober } = await aLambda(answer, { timeoutMs: 200 });

    const given = await prober(probeTask('stranger'));

    expect(given.answer.state).toBe(state);
    expect(asked).toHaveLength(1);
    expect(judgeAnswer(given).seen).toBe('inconclusive');
    expect(JSON.stringify(given)).not.toContain('canary');
  });

  it('was not asked where nobody listens', async () => {
    // As the SDK rejects outside of Jest, whose errors it takes for somebody else's, and wraps.
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
    const client = { send: () => Promise.reject(refused) };
    const prober = createLambdaProber({ client, functionName: 'other', timeoutMs: 200 });

    expect(await prober(probeTask('no-id'))).toEqual({
      answer: expect.objectContaining({ state: 'FAILED', cause: 'unreachable', errorCode: 'ECONNREFUSED' }),
      hops: [],
    });
  });
});

function lambdaError(status: number, type: string): Answer {
  return {
    status,
    headers: { 'x-amzn-errortype': type },
    body: JSON.stringify({ Message: 'no', Type: 'User' }),
  };
}

const verification = {
  ...{ at: '2026-01-01T00:00:00.000Z', version: 1, issuanceIds: ['a'], result: 'FAILED', proved: 'current' },
  probes: [{ kind: 'no-id', wanted: 'refused', seen: 'accepted' }],
  findings: [],
};

describe('the verifier by invocation', () => {
  it('is handed the task', async () => {
    const { asked, verifier } = await aLambda(json({ verification }));
    const principal = aPrincipal({ proofId: 'p'.repeat(43) });

    expect(await verifier.verify('globex', { ...anAuthority, principal })).toEqual(verification);
    const { proofId: _consumed, ...sent } = principal;
    expect(asked.map(({ body }) => body)).toEqual([
      { task: 'verify', integration: 'globex', authority: { ...anAuthority, principal: sent } },
    ]);
  });

  it.each([
    ['integration-not-found', 404],
    ['integration-state-conflict', 409],
    ['audit-unavailable', 503],
    ['integrations-unavailable', 503],
  ])('throws what the function threw: %s', async (code, status) => {
    const { verifier } = await aLambda(json({ error: { code, message: 'why', retryAfterSeconds: 5 } }));

    const error = await errorOf(verifier.verify('globex', anAuthority));

    expect(error).toMatchObject({ code, status, message: 'why', retryAfterSeconds: 5 });
  });

  it.each<[string, Answer]>([
    ['throws', { ...json({}), headers: { 'x-amz-function-error': 'Unhandled' } }],
    ['is silent', { silent: true }],
    ['is throttled', lambdaError(429, 'TooManyRequestsException')],
    ['answers no verification', json({ verification: { ...verification, result: 'FINE' } })],
    ['answers a verification with more', json({ verification: { ...verification, externalId: rightId } })],
    ['answers both', json({ verification, error: { code: 'x', message: 'y' } })],
    ['throws what nobody knows', json({ error: { code: 'unheard-of', message: 'canary' } })],
    ['answers a problem of the API', json({ statusCode: 403, body: '{}' })],
  ])('concludes nothing where the function %s', async (_what, answer) => {
    const { verifier } = await aLambda(answer, { timeoutMs: 200 });

    const error = await errorOf(verifier.verify('globex', anAuthority));

    expect(error).toMatchObject({ code: 'verification-unavailable', status: 503 });
    expect(error.message).not.toContain('canary');
  });
});

async function errorOf(asked: Promise<unknown>): Promise<BrokerError> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BrokerError) return error;
  throw new Error(`no error of the broker's: ${error}`);
}
