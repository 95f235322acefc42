import { describe, expect, it } from '@jest/globals';
import { FederatorKeyUnavailableError } from '../../../lambda/core/errors.ts';
import {
  createIssueCredentials,
  type IssueCredentialsPorts,
} from '../../../lambda/core/issue-credentials.ts';
import type { StsFailure } from '../../../lambda/core/ports.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { secrets } from '../../support/an-issuance.ts';
import { federatedConfiguration } from '../../support/federating.ts';
import { anIssuing as anIssuingOf, federatorKeyId } from '../../support/issuing.ts';

const anIssuing = (options: Parameters<typeof anIssuingOf>[0] = {}) =>
  anIssuingOf({ configuration: federatedConfiguration, ...options });

const request = (changes: object = {}) => ({ profile: 'federated', ...changes });

const caught = async (issuing: Promise<unknown>): Promise<unknown> =>
  issuing.then(
    () => undefined,
    (error) => error,
  );

const unknownKey = {
  state: 'REFUSED',
  errorCode: 'InvalidClientTokenId',
  detail: 'The security token included in the request is invalid.',
} as const;

const newerKeyId = 'AKIAFEDERATOR0000002';

/** STS knows the newer key alone. */
const rotated = (options: Parameters<typeof anIssuingOf>[0] = {}) => {
  const issuing = anIssuing({
    federatorKeyIds: [federatorKeyId, newerKeyId],
    federationAnswer: ({ name }, keyId) => (keyId === newerKeyId ? aFederated(name) : unknownKey),
    ...options,
  });
  return issuing;
};

const aFederated = (name: string) => ({
  state: 'ISSUED' as const,
  credentials: { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', ...secrets, expiration: new Date(0) },
  federatedUser: { arn: `arn:aws:sts::111111111111:federated-user/${name}`, federatedUserId: name },
  requestId: 'request-of-the-second',
});

describe('issuing by a federation token', () => {
  it('writes the intent, reads the key, asks STS once, writes the outcome, in this order', async () => {
    const { issueCredentials, calls, steps } = anIssuing();

    const issued = await issueCredentials(
      aPrincipal(),
      request({ durationSeconds: 129_600, sessionTags: { Ticket: 'T-1' } }),
      anOrigin(),
    );

    expect(steps()).toEqual(['intent', 'key', 'federation', 'outcome']);
    const sessionTags = { Broker: 'daypass', Ticket: 'T-1' };
    expect(calls[0]).toMatchObject({
      intent: {
        mechanism: 'federation-token',
        roleArns: [],
        roleSessionName: expect.stringMatching(/^01KDVDPJ000000000000000000-[\w-]{5}$/),
        durationSeconds: 129_600,
        sessionTags,
        transitiveTagKeys: [],
        sessionPolicySha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        managedPolicyArns: [],
      },
    });
    expect(calls[0]).not.toHaveProperty('intent.sourceIdentity');
    expect(calls[2]).toEqual({
      federation: {
        name: issued.intent.roleSessionName,
        durationSeconds: 129_600,
        sessionPolicy:
          '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}]}',
        sessionTags,
      },
      as: federatorKeyId,
    });
    expect(issued.answer.federatedUser?.arn).toBe(
      `arn:aws:sts::111111111111:federated-user/${issued.intent.roleSessionName}`,
    );
  });

  it.each([899, 129_601])('takes no duration of %i, and writes nothing', async (durationSeconds) => {
    const { issueCredentials, calls } = anIssuing();

    const error = await caught(issueCredentials(aPrincipal(), request({ durationSeconds }), anOrigin()));

    expect(error).toMatchObject({ code: 'duration-out-of-range', status: 400 });
    expect(calls).toEqual([]);
  });

  it.each([900, 901, 129_599, 129_600])('takes a duration of %i', async (durationSeconds) => {
    const { issueCredentials } = anIssuing();

    const { intent } = await issueCredentials(aPrincipal(), request({ durationSeconds }), anOrigin());

    expect(intent.durationSeconds).toBe(durationSeconds);
  });

  it('adds the Denies of a caller to the policy, and no Allow', async () => {
    const { issueCredentials, calls } = anIssuing();
    const narrowedBy = (Effect: string) => ({
      sessionPolicy: { Version: '2012-10-17', Statement: [{ Effect, Action: '*', Resource: '*' }] },
    });

    const refusal = await caught(issueCredentials(aPrincipal(), request(narrowedBy('Allow')), anOrigin()));
    expect(refusal).toMatchObject({ code: 'session-policy-not-accepted', status: 400 });
    expect(calls).toEqual([]);

    await issueCredentials(aPrincipal(), request(narrowedBy('Deny')), anOrigin());
    expect(calls[2]).toMatchObject({
      federation: {
        sessionPolicy: expect.stringMatching(
          /reports.*\{"Effect":"Deny","Action":"\*","Resource":"\*"\}\]\}$/,
        ),
      },
    });
  });

  it('fills in the principal, and refuses one that would widen the policy', async () => {
    const { issueCredentials, calls, steps } = anIssuing();

    const issueTo = (team: string) =>
      issueCredentials(aPrincipal({ claims: { team } }), { profile: 'by-team' }, anOrigin());

    expect(await caught(issueTo('*'))).toMatchObject({ status: 403 });
    expect(steps()).toEqual(['denial']);
    await issueTo('web');
    expect(calls.at(-2)).toMatchObject({
      federation: { sessionPolicy: expect.stringContaining('arn:aws:s3:::reports/web/*') },
    });
  });
});

describe('issuing by a federation token, without a key', () => {
  it('asks nobody: FAILED, and 503', async () => {
    const error = new FederatorKeyUnavailableError('not now', { detail: 'AccessDeniedException: no' });
    const { issueCredentials, calls, steps } = anIssuing({ fail: { step: 'currentKey', error } });

    const refusal = await caught(issueCredentials(aPrincipal(), request(), anOrigin()));

    expect(refusal).toMatchObject({
      code: 'federator-key-unavailable',
      status: 503,
      retryAfterSeconds: 30,
      extensions: { issuanceId: expect.any(String), owner: 'reports-owners@example.com' },
    });
    expect(steps()).toEqual(['intent', 'key', 'outcome']);
    expect(calls.at(-1)).toMatchObject({
      outcome: { state: 'FAILED', errorCode: 'FederatorKeyNotRead', detail: 'AccessDeniedException: no' },
    });
  });

  it('keeps a message of unknown origin out of the row', async () => {
    const error = new SyntaxError(`Unexpected token in ${secrets.secretAccessKey}`);
    const { issueCredentials, calls } = anIssuing({ fail: { step: 'currentKey', error } });

    const refusal = await caught(issueCredentials(aPrincipal(), request(), anOrigin()));

    expect(calls.at(-1)).toMatchObject({ outcome: { state: 'FAILED', detail: 'SyntaxError' } });
    expect(JSON.stringify([calls.at(-1), refusal, String(refusal)])).not.toContain('Canary');
  });

  it('cannot be set up', () => {
    const ports = { configuration: federatedConfiguration } as IssueCredentialsPorts;

    expect(() => createIssueCredentials(ports)).toThrow(
      new TypeError('a profile has the mechanism federation-token, and there is no federator to ask for it'),
    );
  });
});

describe('issuing by a federation token, with a key that STS no longer knows', () => {
  it('makes a second attempt with the newer key, with an id and a row of its own', async () => {
    const { issueCredentials, calls, steps } = rotated();

    const issued = await issueCredentials(aPrincipal(), request(), anOrigin());

    expect(steps()).toEqual([
      ...['intent', 'key', 'federation', 'outcome', 'renewal'],
      ...['intent', 'key', 'federation', 'outcome'],
    ]);
    const [first, second] = calls.flatMap((call) => ('intent' in call ? [call.intent] : []));
    expect(first?.id).not.toBe(second?.id);
    expect(first?.nonce).not.toBe(second?.nonce);
    expect(issued.intent.id).toBe(second?.id);
    expect(calls.flatMap((call) => ('federation' in call ? [[call.federation.name, call.as]] : []))).toEqual([
      [first?.roleSessionName, federatorKeyId],
      [second?.roleSessionName, newerKeyId],
    ]);
    expect(calls.filter((call) => 'outcome' in call)).toMatchObject([
      { of: first?.id, outcome: { state: 'REFUSED', errorCode: 'InvalidClientTokenId' } },
      { of: second?.id, outcome: { state: 'ISSUED', stsRequestId: 'request-of-the-second' } },
    ]);
    expect(calls).toContainEqual({ renewal: { refused: federatorKeyId } });
  });

  it('makes none where the secret holds the same key still', async () => {
    const { issueCredentials, steps } = rotated({ federatorKeyIds: [federatorKeyId] });

    expect(await caught(issueCredentials(aPrincipal(), request(), anOrigin()))).toMatchObject({
      code: 'broker-credentials-refused',
      status: 503,
    });
    expect(steps()).toEqual(['intent', 'key', 'federation', 'outcome', 'renewal']);
  });

  it('makes no third, whatever becomes of the second', async () => {
    const { issueCredentials, calls, steps } = rotated({
      federatorKeyIds: [federatorKeyId, newerKeyId, 'AKIAFEDERATOR0000003'],
      federationAnswer: () => unknownKey,
    });

    expect(await caught(issueCredentials(aPrincipal(), request(), anOrigin()))).toMatchObject({
      code: 'broker-credentials-refused',
      extensions: { issuanceId: '01KDVDPJ000000000000000001' },
    });
    expect(steps().filter((step) => step === 'federation')).toHaveLength(2);
    expect(calls.filter((call) => 'outcome' in call)).toHaveLength(2);
  });

  it('consumes a proof once', async () => {
    const { issueCredentials, steps } = rotated();

    await issueCredentials(aPrincipal({ proofId: 'p'.repeat(43) }), request(), anOrigin());

    expect(steps().filter((step) => step === 'proof')).toHaveLength(1);
  });

  it('fails where the secret cannot be read again: the row is finished', async () => {
    const error = new FederatorKeyUnavailableError('not now', { retryAfterSeconds: 30 });
    const { issueCredentials, calls, steps } = rotated({ fail: { step: 'renewKey', error } });

    expect(await caught(issueCredentials(aPrincipal(), request(), anOrigin()))).toMatchObject({
      code: 'broker-credentials-refused',
      status: 503,
      extensions: { issuanceId: expect.any(String) },
    });
    expect(steps()).toEqual(['intent', 'key', 'federation', 'outcome', 'renewal']);
    expect(calls[3]).toMatchObject({ outcome: { state: 'REFUSED' } });
  });

  it('says which key was refused, of several attempts beside each other', async () => {
    const { issueCredentials, calls } = rotated();

    const issue = () => issueCredentials(aPrincipal(), request(), anOrigin());
    await Promise.all([issue(), issue(), issue()]);

    // The port that is asked again says whether that very key has been replaced.
    expect(calls.filter((call) => 'renewal' in call)).toEqual(
      Array.from({ length: 3 }, () => ({ renewal: { refused: federatorKeyId } })),
    );
    expect(calls.filter((call) => 'intent' in call)).toHaveLength(6);
  });

  const others: readonly StsFailure[] = [
    { ...unknownKey, errorCode: 'invalidclienttokenid' },
    { ...unknownKey, errorCode: 'InvalidClientTokenIdException' },
    { ...unknownKey, errorCode: 'AccessDenied' },
    { ...unknownKey, errorCode: 'SignatureDoesNotMatch' },
    { ...unknownKey, errorCode: 'ExpiredToken' },
    { ...unknownKey, errorCode: 'PackedPolicyTooLarge' },
    { ...unknownKey, state: 'UNKNOWN' },
    { ...unknownKey, state: 'FAILED', cause: 'throttled' },
    { ...unknownKey, state: 'FAILED', cause: 'unreachable' },
  ];

  it.each(others)('makes none after $state $errorCode', async (answer) => {
    const { issueCredentials, steps } = rotated({ federationAnswer: () => answer });

    await caught(issueCredentials(aPrincipal(), request(), anOrigin()));

    expect(steps()).toEqual(['intent', 'key', 'federation', 'outcome']);
  });

  it('has the key in no row, answer or error', async () => {
    for (const federatorKeyIds of [[federatorKeyId], [federatorKeyId, newerKeyId]]) {
      const { issueCredentials, calls } = rotated({ federatorKeyIds, federationAnswer: () => unknownKey });

      const error = await caught(issueCredentials(aPrincipal(), request(), anOrigin()));

      expect(JSON.stringify([calls, error, String(error)])).not.toContain(secrets.secretAccessKey);
    }
  });
});
