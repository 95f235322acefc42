import { describe, expect, it } from '@jest/globals';
import * as errors from '../../../lambda/core/errors.ts';
import { toProblem } from '../../../lambda/http/problem.ts';

const { BrokerError, ...subclasses } = errors;
const classes = Object.entries(subclasses);
const requestId = 'JKJaXmPLvHcESHA=';

describe('problem document', () => {
  it.each(classes)('shows status, code and message of %s', (_name, Subclass) => {
    const error = new Subclass('what is wrong; allowed: what is right');

    const { status, headers, body } = toProblem(error, requestId);

    expect(status).toBe(error.status);
    expect(headers).toMatchObject({ 'Content-Type': 'application/problem+json' });
    expect(body).toEqual({
      type: 'about:blank',
      title: expect.stringMatching(/^[A-Z]\w/),
      status: error.status,
      detail: 'what is wrong; allowed: what is right',
      code: error.code,
      instance: requestId,
      Code: error.code,
      Message: 'what is wrong; allowed: what is right',
    });
  });

  it.each(classes)('keeps the private detail and the cause of %s to itself', (_name, Subclass) => {
    const error = new Subclass('message', { detail: 'private-detail', cause: new Error('private-cause') });

    expect(JSON.stringify(toProblem(error, requestId))).not.toContain('private');
  });

  it.each(classes)('challenges the caller of %s if and only if it is a 401', (_name, Subclass) => {
    const error = new Subclass('message');
    const challenge = 'Bearer realm="daypass", error="invalid_token"';

    const { headers } = toProblem(error, requestId);

    expect(headers?.['WWW-Authenticate']).toBe(error.status === 401 ? challenge : undefined);
  });

  it.each(classes)('says when to repeat after %s only where the error says so', (_name, Subclass) => {
    const silent = toProblem(new Subclass('message'), requestId);
    const telling = toProblem(new Subclass('message', { retryAfterSeconds: 5 }), requestId);

    expect(silent.headers).not.toHaveProperty('Retry-After');
    expect(telling.headers?.['Retry-After']).toBe('5');
  });

  it("adds the error's further members", () => {
    const error = new errors.AccessDeniedError('message', {
      extensions: { issuanceId: '01KDVDPJ0000000000000000A0', owner: 'platform-team@example.com' },
    });

    expect(toProblem(error, requestId).body).toMatchObject({
      issuanceId: '01KDVDPJ0000000000000000A0',
      owner: 'platform-team@example.com',
    });
  });

  it.each([
    [
      'an error',
      Object.assign(new Error('secret'), { status: 200, code: 'secret', extensions: { a: 'secret' } }),
    ],
    ['a TypeError', new TypeError('secret')],
    ['a string', 'secret'],
    ['undefined', undefined],
    ['null', null],
  ])('of %s that no caller caused is a 500 without detail', (_name, error) => {
    const problem = toProblem(error, requestId);

    expect(problem).toMatchObject({ status: 500, body: { code: 'internal-error', instance: requestId } });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});
