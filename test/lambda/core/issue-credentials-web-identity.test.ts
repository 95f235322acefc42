import { describe, expect, it } from '@jest/globals';
import { TokenKeyUnavailableError } from '../../../lambda/core/errors.ts';
import {
  createIssueCredentials,
  type IssueCredentialsPorts,
} from '../../../lambda/core/issue-credentials.ts';
import { aConfiguration, aProfileDocument } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuing, issuingConfiguration, signedToken } from '../../support/issuing.ts';

const request = (changes: object = {}) => ({ profile: 'long', ...changes });

const caught = async (issuing: Promise<unknown>): Promise<unknown> =>
  issuing.then(
    () => undefined,
    (error) => error,
  );

describe('issuing by a web identity', () => {
  it('writes the intent, signs, asks STS once, writes the outcome, in this order', async () => {
    const { issueCredentials, calls, steps } = anIssuing();

    const issued = await issueCredentials(
      aPrincipal(),
      request({ durationSeconds: 43_200, sessionTags: { Ticket: 'T-1' } }),
      anOrigin(),
    );

    expect(steps()).toEqual(['intent', 'signed', 'webIdentity', 'outcome']);
    expect(calls[0]).toMatchObject({
      intent: { mechanism: 'web-identity', durationSeconds: 43_200, sessionTags: { Ticket: 'T-1' } },
    });
    expect(calls[1]).toMatchObject({
      signed: {
        type: 'JWT',
        claims: {
          iss: 'https://daypass.example.com/prod',
          aud: 'sts.amazonaws.com',
          jti: issued.intent.id,
          'https://aws.amazon.com/tags': { principal_tags: { Ticket: ['T-1'] } },
          'https://aws.amazon.com/source_identity': issued.intent.sourceIdentity,
        },
      },
    });
    expect(calls[2]).toEqual({
      webIdentity: {
        roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
        roleSessionName: issued.intent.roleSessionName,
        durationSeconds: 43_200,
        managedPolicyArns: [],
        webIdentityToken: signedToken,
      },
    });
    expect(calls[3]).toMatchObject({ outcome: { state: 'ISSUED' } });
  });

  it.each([899, 43_201])('takes no duration of %i, and writes nothing', async (durationSeconds) => {
    const { issueCredentials, calls } = anIssuing();

    const error = await caught(issueCredentials(aPrincipal(), request({ durationSeconds }), anOrigin()));

    expect(error).toMatchObject({ code: 'duration-out-of-range', status: 400 });
    expect(calls).toEqual([]);
  });

  it('asks nobody when the token cannot be signed: FAILED, and 503', async () => {
    const error = new TokenKeyUnavailableError('not now', { detail: 'AccessDeniedException: no' });
    const { issueCredentials, calls, steps } = anIssuing({ fail: { step: 'sign', error } });

    const refusal = await caught(issueCredentials(aPrincipal(), request(), anOrigin()));

    expect(refusal).toMatchObject({ code: 'token-key-unavailable', status: 503, retryAfterSeconds: 30 });
    expect(steps()).toEqual(['intent', 'signed', 'outcome']);
    expect(calls.at(-1)).toMatchObject({
      outcome: { state: 'FAILED', errorCode: 'TokenNotSigned', detail: 'AccessDeniedException: no' },
    });
  });

  it('keeps a message of unknown origin out of the row when signing fails', async () => {
    const { issueCredentials, calls } = anIssuing({ fail: { step: 'sign', error: new Error(signedToken) } });

    await caught(issueCredentials(aPrincipal(), request(), anOrigin()));

    expect(calls.at(-1)).toMatchObject({ outcome: { state: 'FAILED', detail: 'Error' } });
  });

  it.each([
    ['REFUSED', 403, 'refused-by-sts'],
    ['UNKNOWN', 503, 'sts-outcome-unknown'],
  ] as const)('that is %s asks STS no second time', async (state, status, code) => {
    const { issueCredentials, steps } = anIssuing({
      webIdentityAnswer: { state, errorCode: 'X', detail: 'no' },
    });

    expect(await caught(issueCredentials(aPrincipal(), request(), anOrigin()))).toMatchObject({
      status,
      code,
    });
    expect(steps()).toEqual(['intent', 'signed', 'webIdentity', 'outcome']);
  });

  it('has the token in no row, answer or error', async () => {
    const answers = [
      undefined,
      { state: 'REFUSED', errorCode: 'AccessDenied', detail: 'no' },
      { state: 'UNKNOWN', errorCode: 'TimeoutError', detail: 'no' },
    ] as const;
    for (const webIdentityAnswer of answers) {
      const { issueCredentials, calls } = anIssuing(
        webIdentityAnswer === undefined ? {} : { webIdentityAnswer },
      );

      const result = await issueCredentials(aPrincipal(), request(), anOrigin()).catch((error) => error);

      const elsewhere = calls.filter((call) => !('webIdentity' in call));
      expect(JSON.stringify([elsewhere, result, String(result)])).not.toContain(signedToken.split('.')[2]);
    }
  });

  it('cannot be set up without somebody to sign', () => {
    const ports = { configuration: issuingConfiguration } as IssueCredentialsPorts;

    expect(() => createIssueCredentials(ports)).toThrow('there is nobody to sign its tokens');
  });

  it('takes tags up to the length of a token that STS takes, and no further', async () => {
    const { issueCredentials, calls } = anIssuing();
    const sessionTags = { Ticket: '漢'.repeat(256) };

    await issueCredentials(aPrincipal(), request({ sessionTags }), anOrigin());

    expect(calls).toHaveLength(4);
  });

  const manyKeys = Array.from({ length: 50 }, (_, index) => `Ticket-${index}`);
  const issuesTags = async (count: number, character: string) => {
    const { issueCredentials, calls } = anIssuing({
      configuration: aConfiguration({
        profiles: { long: aProfileDocument({ mechanism: 'web-identity', acceptedTagKeys: manyKeys }) },
      }),
    });
    const tags = manyKeys.slice(0, count).map((key) => [key, character.repeat(256)]);
    const sessionTags = Object.fromEntries(tags);
    const error = await caught(issueCredentials(aPrincipal(), request({ sessionTags }), anOrigin()));
    return { error, calls };
  };

  it.each([
    [49, 'x'],
    [17, '漢'],
  ])('takes %i tags of 256 times %s, of which a token can be made', async (count, character) => {
    const { error, calls } = await issuesTags(count, character);

    expect(error).toBeUndefined();
    expect(calls).toHaveLength(4);
  });

  it.each([
    [18, '漢'],
    [50, '漢'],
  ])(
    'refuses %i tags of 256 times %s, which make a longer one, before anything is written down',
    async (count, character) => {
      const { error, calls } = await issuesTags(count, character);

      expect(error).toMatchObject({
        code: 'session-too-large',
        status: 400,
        message: expect.stringMatching(/a token of \d{5} characters, with yours in it; STS takes 20000$/),
      });
      expect(calls).toEqual([]);
    },
  );
});
