import { describe, expect, it } from '@jest/globals';
import { BrokerError } from '../../../lambda/core/errors.ts';
import { createIssueCredentialsEndpoint } from '../../../lambda/endpoints/issue-credentials.ts';
import { credentialFormats } from '../../../lambda/http/credential-schemas.ts';
import type { EndpointRequest } from '../../../lambda/http/endpoint.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { issuedCredentials } from '../../support/an-issuance.ts';

const aRequest = (changes: Partial<EndpointRequest> = {}): EndpointRequest => ({
  principal: aPrincipal(),
  origin: anOrigin(),
  pathParameters: { profile: 'prod-readonly' },
  query: {},
  body: {},
  ...changes,
});

/** Answers, or refuses with a broker error; `asked` is what reached the use case. */
async function post(changes: Partial<EndpointRequest>) {
  const asked: unknown[] = [];
  const endpoint = createIssueCredentialsEndpoint(async (...request) => {
    asked.push(request);
    return issuedCredentials();
  });
  try {
    return { answer: await endpoint(aRequest(changes)), asked };
  } catch (error) {
    if (error instanceof BrokerError) return { error, asked };
    throw error;
  }
}

describe('POST credentials', () => {
  it('asks for the profile of the path as this principal from this origin', async () => {
    const { asked } = await post({});

    expect(asked).toEqual([[aPrincipal(), { profile: 'prod-readonly' }, anOrigin()]]);
  });

  it('passes on what narrows', async () => {
    const body = {
      durationSeconds: 900,
      reason: 'incident 42',
      sessionTags: { Ticket: 'INC-42', Empty: '' },
    };

    const { asked } = await post({ body });

    expect(asked).toEqual([[aPrincipal(), { profile: 'prod-readonly', ...body }, anOrigin()]]);
  });

  it.each([undefined, 79, 80, 100])(
    'warns in a header from 80 percent of the packed size: %s',
    async (size) => {
      const { intent, answer } = issuedCredentials();
      const { packedPolicySize: _, ...rest } = answer;
      const sized = size === undefined ? rest : { ...rest, packedPolicySize: size };

      const { headers } = await createIssueCredentialsEndpoint(async () => ({ intent, answer: sized }))(
        aRequest(),
      );

      expect(headers).toEqual({
        'Daypass-Issuance-Id': intent.id,
        ...((size ?? 0) < 80
          ? {}
          : {
              'Daypass-Warning': `policies and session tags take ${size} percent of the space that AWS STS has for them; above 100 nothing is issued`,
            }),
      });
    },
  );

  it('passes on a session policy as it was sent', async () => {
    const sessionPolicy = {
      Version: '2012-10-17',
      Statement: { Effect: 'Deny', Action: '*', Resource: 'arn:aws:s3:::${aws:username}' },
    };

    const { asked } = await post({ body: { sessionPolicy } });

    expect(asked).toEqual([[aPrincipal(), { profile: 'prod-readonly', sessionPolicy }, anOrigin()]]);
  });

  const deny = { Effect: 'Deny', Action: '*', Resource: '*' };

  it.each<[string, unknown, string]>([
    ['text', '{}', ''],
    ['a list', [deny], ''],
    ['null', null, ''],
    ['without a Version', { Statement: deny }, '.Version'],
    ['an older one', { Version: '2008-10-17', Statement: deny }, '.Version'],
    ['without a statement', { Version: '2012-10-17' }, '.Statement'],
    ['with an unknown element', { Version: '2012-10-17', Statement: deny, Statements: [] }, '.Statements'],
    [
      'a resource policy',
      { Version: '2012-10-17', Statement: [{ ...deny, Principal: '*' }] },
      '.Statement.0.Principal',
    ],
    [
      'with a claim',
      { Version: '2012-10-17', Statement: [{ ...deny, Resource: 'arn:aws:s3:::${claims:team}' }] },
      '.Statement.0.Resource',
    ],
  ])('refuses a session policy that is %s, without its values', async (_what, sessionPolicy, path) => {
    const { error, asked } = await post({ body: { sessionPolicy } });

    expect(error).toMatchObject({ code: 'invalid-request' });
    expect(error?.message).toMatch(
      new RegExp(`^cannot take body\\.sessionPolicy${path.replaceAll('.', '\\.')}; allowed: [^·]+$`),
    );
    expect(error?.message).not.toContain('claims:team');
    expect(asked).toEqual([]);
  });

  it.each(credentialFormats)('answers in the format %s', async (format) => {
    const { answer } = await post({ query: { format: [format] } });

    const isJson = ['sts', 'process'].includes(format);
    expect(typeof answer?.body).toBe(isJson ? 'object' : 'string');
  });

  it('answers as sts unless it is told otherwise', async () => {
    const { answer } = await post({});

    expect(answer?.body).toHaveProperty('IssuanceId');
  });

  it.each([
    [
      'an unknown format',
      { query: { format: ['xml'] } },
      'query.format; allowed: sts, process, posix, fish, powershell, ini',
    ],
    [
      'a format of every object',
      { query: { format: ['constructor'] } },
      'query.format; allowed: sts, process, posix, fish, powershell, ini',
    ],
    ['two formats', { query: { format: ['sts', 'ini'] } }, 'query.format; allowed: the parameter once'],
    ['an unknown parameter', { query: { duration: ['900'] } }, 'query; allowed: the keys format'],
    [
      'an unknown field (B14)',
      { body: { duration: 900 } },
      'body; allowed: the keys durationSeconds, reason, sessionTags, sessionPolicy, samlAssertion',
    ],
    [
      'an external id (B51)',
      { body: { externalId: 'x' } },
      'body; allowed: the keys durationSeconds, reason, sessionTags, sessionPolicy, samlAssertion',
    ],
    [
      'a role (B49)',
      { body: { roleArn: 'arn:aws:iam::222222222222:role/Admin' } },
      'body; allowed: the keys durationSeconds, reason, sessionTags, sessionPolicy, samlAssertion',
    ],
    [
      'transitive keys (B61)',
      { body: { transitiveTagKeys: ['Team'] } },
      'body; allowed: the keys durationSeconds, reason, sessionTags, sessionPolicy, samlAssertion',
    ],
    [
      'a source identity (B60)',
      { body: { sourceIdentity: 'root' } },
      'body; allowed: the keys durationSeconds, reason, sessionTags, sessionPolicy, samlAssertion',
    ],
    [
      'a profile',
      { body: { profile: 'admin' } },
      'body; allowed: the keys durationSeconds, reason, sessionTags, sessionPolicy, samlAssertion',
    ],
  ])('refuses %s and asks for nothing', async (_what, changes, message) => {
    const { error, asked } = await post(changes);

    expect(error).toMatchObject({ code: 'invalid-request', message: `cannot take ${message}` });
    expect(asked).toEqual([]);
  });

  it.each([['"900"'], ['900.5'], ['null'], ['true'], ['[900]'], ['1e400'], ['9007199254740993'], ['""']])(
    'refuses the duration %s (B15)',
    async (text) => {
      const { error, asked } = await post({ body: JSON.parse(`{"durationSeconds":${text}}`) });

      expect(error?.message).toBe('cannot take body.durationSeconds; allowed: an integer number of seconds');
      expect(asked).toEqual([]);
    },
  );

  it.each([
    ['nothing', ''],
    ['257 characters', 'x'.repeat(257)],
    ['10 KB (B68)', 'x'.repeat(10_000)],
    ['a new line and a log line', 'x\n{"level":"INFO"}'],
    ['an ANSI escape', '\u001b[31mred'],
    ['a NUL', 'a\u0000b'],
    ['a line separator', 'a\u2028b'],
    ['a right-to-left override', 'a\u202eb'],
    ['a lone surrogate (B13)', 'a\ud800b'],
    ['a secret access key (B69)', 'key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
    ['a JWT', 'token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.sig'],
    ['a number', 42],
    ['null', null],
  ])('refuses a reason of %s', async (_what, reason) => {
    const { error, asked } = await post({ body: { reason } });

    expect(error?.message).toBe(
      'cannot take body.reason; allowed: 1–256 printable characters, not all of them spaces, that hold no secret key, token or ExternalId',
    );
    expect(asked).toEqual([]);
  });

  it.each([
    ['${jndi:ldap://x}'],
    ['incident 42: "disk full" — see <wiki>'],
    ['word'.padEnd(256, ' word')],
    ['\u00fc\u{1F600}'],
  ])('takes the reason %j as text', async (reason) => {
    expect((await post({ body: { reason } })).asked).toEqual([
      [aPrincipal(), { profile: 'prod-readonly', reason }, anOrigin()],
    ]);
  });

  it.each([
    ['a list', ['Team']],
    ['null', null],
    ['text', 'Team=x'],
    ['a number as a value', { Team: 1 }],
    ['null as a value', { Team: null }],
    ['an object as a value', { Team: { a: 'b' } }],
    ['an empty key', { '': 'x' }],
    ['a key of AWS (B61)', { 'aws:x': 'x' }],
    ['a key of AWS in another case', { 'AWS:x': 'x' }],
    ['a key of 129 characters', { ['k'.repeat(129)]: 'x' }],
    ['a value of 257 characters', { Team: 'x'.repeat(257) }],
    ['a value with quotes (B65)', { Team: 'x","y' }],
    ['a value with a wildcard', { Team: '*' }],
    ['a value with a variable', { Team: '${aws:username}' }],
    ['a value with a new line', { Team: 'a\nb' }],
  ])('refuses session tags that are %s', async (_what, sessionTags) => {
    const { error, asked } = await post({ body: { sessionTags } });

    expect(error).toMatchObject({ code: 'invalid-request' });
    expect(error?.message).toMatch(/^cannot take body\.sessionTags/);
    expect(asked).toEqual([]);
  });

  it.each([
    [undefined],
    [''],
    ['Prod-Readonly'],
    ['prod_readonly'],
    ['-prod'],
    ['1prod'],
    ['.'],
    ['..'],
    ['%2e%2e'],
    ['prod-readonly%2fx'],
    ['prod-readonly\n'],
    ['pr\u00f6d'],
    ['x'.repeat(64)],
    ['__proto__'],
    ['arn:aws:iam::222222222222:role/Admin'],
  ])('refuses %j, which names no profile anywhere', async (profile) => {
    const { error, asked } = await post({ pathParameters: profile === undefined ? {} : { profile } });

    expect(error).toMatchObject({ code: 'invalid-request', status: 400 });
    expect(asked).toEqual([]);
  });

  it('looks no profile up by a name that every object has', async () => {
    const { asked } = await post({ pathParameters: { profile: 'constructor' } });

    // A well-formed name: that there is none is for policy to say, with a row.
    expect(asked).toMatchObject([[{}, { profile: 'constructor' }, {}]]);
  });

  it('refuses a tag that holds a secret, which would be kept in the row and in CloudTrail', async () => {
    const sessionTags = { Purpose: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

    const { error, asked } = await post({ body: { sessionTags } });

    expect(error).toMatchObject({ code: 'invalid-request' });
    expect(error?.message).not.toContain(sessionTags.Purpose);
    expect(asked).toEqual([]);
  });
});
