import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createListProfiles } from '../../lambda/core/list-profiles.ts';
import { toSourceIdentity } from '../../lambda/core/source-identity.ts';
import { compileTemplate, renderTemplate } from '../../lambda/core/template.ts';
import { createGetDeployment } from '../../lambda/endpoints/get-deployment.ts';
import { createGetSamlMetadata } from '../../lambda/endpoints/get-saml-metadata.ts';
import { bodyLimits } from '../../lambda/http/body-limits.ts';
import { createHandler } from '../../lambda/http/create-handler.ts';
import { requireProfileName } from '../../lambda/http/require-profile-name.ts';
import { routes } from '../../lambda/http/routes.ts';
import { matchRoute } from '../../local/gateway/match-route.ts';
import { away, home, type IamGateway, startIamGateway } from '../local/gateway/an-iam-gateway.ts';
import { anOrigin } from '../support/a-principal.ts';
import { aContext, anEvent, anIamEvent, type EventParts, own } from '../support/an-event.ts';
import { issuingConfiguration } from '../support/issuing.ts';
import { aRecordingLogger } from '../support/recording-logger.ts';
import { presign, send, sign, type WireRequest } from '../support/signed-request.ts';
import { aRoleSession, createIssuerHandler, iamConfiguration } from './issuer-handler.ts';

/*
 * What went wrong with requests in software of this kind: identities, bodies, paths, documents and templates, each as
 * far as there is such a surface here.
 */
describe('CVE-2020-16250 (Vault: the caller shaped the answer that proved it)', () => {
  const reflected =
    '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/admin</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>';

  it.each<[string, EventParts]>([
    ['query', { query: { Action: ['GetCallerIdentity'], Arn: ['arn:aws:iam::111111111111:user/admin'] } }],
    ['body', { body: JSON.stringify({ reason: reflected }) }],
    [
      'headers',
      {
        headers: { 'X-Amz-Caller-Arn': ['arn:aws:iam::111111111111:user/admin'], Host: ['sts.evil.example'] },
      },
    ],
    [
      'user agent',
      { requestContext: { identity: { ...aRoleSession('111111111111'), userAgent: reflected } } },
    ],
    [
      "authorizer's context",
      { authorizer: { principal: reflected, userArn: 'arn:aws:iam::111111111111:user/admin' } },
    ],
  ])(
    'an identity is what API Gateway says of the signature, whatever stands in the %s',
    async (_where, parts) => {
      const { invoke } = createIssuerHandler();
      const identity = { identity: aRoleSession('111111111111'), ...parts.requestContext };

      const { status, body } = await invoke(
        anIamEvent('issueCredentials', { ...parts, requestContext: identity }),
      );

      expect(status).toBe(200);
      expect(body).toMatchObject({ issuer: 'aws', subject: 'arn:aws:iam::111111111111:role/Deploy' });
    },
  );

  it('there is no identity where API Gateway checked no signature', async () => {
    const { invoke, requests } = createIssuerHandler();
    const unsigned = {
      sourceIp: '203.0.113.7',
      userAgent: 'curl',
      userArn: null,
      caller: null,
      accountId: null,
    };

    const { status, body } = await invoke(
      anIamEvent('whoami', { requestContext: { identity: unsigned, authorizer: { principal: '{}' } } }),
    );

    expect([status, body.code]).toEqual([401, 'unauthenticated']);
    expect(requests).toEqual([]);
  });
});

describe('CVE-2025-11621, GHSA-jp7h-4f3c-9rc7 (Vault, OpenBao: a role’s name without its account)', () => {
  it('refuses a role of another account whose namesake was just heard', async () => {
    const { invoke } = createIssuerHandler();
    const ask = (account: string) =>
      invoke(anIamEvent('whoami', { requestContext: { identity: aRoleSession(account) } }));

    expect((await ask('111111111111')).status).toBe(200);
    expect((await ask('222222222222')).status).toBe(401);
    expect((await ask('111111111111')).status).toBe(200);
  });

  it('does not take one account’s role for its namesake where both are heard', async () => {
    const accounts = ['111111111111', '222222222222'];
    const configuration = iamConfiguration(accounts, {
      ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/Deploy' },
    });
    const listProfiles = createListProfiles({ configuration, now: Date.now });
    const { invoke, requests } = createIssuerHandler(accounts);
    for (const account of [...accounts, '111111111111']) {
      await invoke(anIamEvent('whoami', { requestContext: { identity: aRoleSession(account) } }));
    }

    expect(requests.map(({ principal }) => listProfiles(principal, anOrigin()).length)).toEqual([1, 0, 1]);
    expect(new Set(requests.map(({ principal }) => toSourceIdentity(principal))).size).toBe(2);
  });
});

describe('CVE-2025-6203, CVE-2025-59043 (Vault, OpenBao: few bytes of JSON, many nodes)', () => {
  it.each([
    ['one byte too many', `{"reason":"${'x'.repeat(bodyLimits.bytes)}"}`],
    ['400,000 keys', `{${Array.from({ length: 400_000 }, (_, index) => `"k${index}":0`).join(',')}}`],
    ['65 keys', `{${Array.from({ length: 65 }, (_, index) => `"k${index}":0`).join(',')}}`],
    ['65 keys in as many objects', `{"a":[${Array(64).fill('{"k":0}').join(',')}]}`],
    ['a depth of 9', `{"a":${'['.repeat(8)}${']'.repeat(8)}}`],
    ['a depth of 200,000', `{"a":${'['.repeat(200_000)}`],
    ['10 MB', `{"a":"${'x'.repeat(10_000_000)}"}`],
  ])('a body of %s is refused before it is parsed', async (_what, body) => {
    const { invoke, requests } = createIssuerHandler();
    const parse = jest.spyOn(JSON, 'parse');
    const event = anIamEvent('issueCredentials', {
      body,
      requestContext: { identity: aRoleSession('111111111111') },
    });

    const { status } = await invoke(event).finally(() => parse.mockRestore());

    expect(status).toBe(413);
    expect(requests).toEqual([]);
    expect(parse.mock.calls.filter(([text]) => text === body)).toEqual([]);
  });
});

describe('CVE-2026-3605 (Vault: dots in a path)', () => {
  it.each([
    '/v1/profiles/../credentials',
    '/v1/profiles/./credentials',
    '/v1/profiles/%2e%2e/credentials',
    '/v1/profiles/%2E/credentials',
    '/v1/profiles//credentials',
    '/v1/profiles/readonly/../admin/credentials',
    '/v1/profiles/readonly%2fcredentials',
    '/v1/profiles/readonly/credentials/',
    '/v1/profiles/readonly%00/credentials',
    '/v1/profiles/readonly;x=1/credentials',
    '/v1/profiles/*/credentials',
    '/V1/profiles/readonly/credentials',
    '//v1/profiles/readonly/credentials',
    '/v1/x/../profiles/readonly/credentials',
    '/v1/profiles/re%61donly/credentials',
    '/v1/profiles/READONLY/credentials',
    '/v1/profiles/readonly /credentials',
  ])('%s leads to no profile', (path) => {
    const lead = () => {
      const { pathParameters } = matchRoute(routes, 'POST', path) ?? { pathParameters: undefined };
      return pathParameters && requireProfileName(pathParameters['profile']);
    };

    expect(outcomeOf(lead)).toMatch(/^(undefined|InvalidRequestError)$/);
  });

  it('the path without dots does', () => {
    const match = matchRoute(routes, 'POST', '/v1/profiles/readonly/credentials');

    expect(requireProfileName(match?.pathParameters['profile'])).toBe('readonly');
  });
});

const outcomeOf = (act: () => unknown) => {
  try {
    return String(act());
  } catch (error) {
    return error instanceof Error ? error.name : 'no error';
  }
};

describe('CVE-2026-59096 (Dapr Sentry: documents made from X-Forwarded-Host)', () => {
  const forged = {
    Host: ['evil.example'],
    Forwarded: ['host=evil.example;proto=http'],
    'X-Forwarded-Host': ['evil.example'],
    'X-Forwarded-Proto': ['http'],
    'X-Forwarded-Port': ['8080'],
    'X-Forwarded-Prefix': ['/evil'],
    'X-Original-Host': ['evil.example'],
    'X-Forwarded-For': ['127.0.0.1'],
  };

  it.each([
    ['/.well-known/daypass', 'audit', 'getDeployment'],
    ['/v1/saml/metadata', 'saml', 'getSamlMetadata'],
  ] as const)('GET %s says the same whatever the headers say', async (_path, handledBy, operation) => {
    const handler = createHandler({
      handledBy,
      own,
      endpoints: {},
      openEndpoints: {
        getDeployment: createGetDeployment(issuingConfiguration, '1.2.3'),
        getSamlMetadata: createGetSamlMetadata('https://broker.example'),
      },
      logger: aRecordingLogger(),
      now: Date.now,
    });
    const plain = await handler(anEvent(operation), aContext);

    const answer = await handler(
      anEvent(operation, { headers: forged, requestContext: { domainName: 'evil.example' } }),
      aContext,
    );

    expect(plain.statusCode).toBe(200);
    expect(answer).toEqual(plain);
  });
});

describe('CVE-2022-27177, CVE-2024-5023 (ConsoleMe: values that became code)', () => {
  const hostile = [
    '{0.__class__.__init__.__globals__}',
    '%(secret)s',
    '%s%n',
    '{{7*7}}',
    '<%= 7*7 %>',
    '#{7*7}',
    '$(id)',
    '`id`',
    '--upload-pack=touch /tmp/x',
    '; rm -rf /',
    '${claims:admin}',
    '${daypass:Subject}',
    '${process.env.DAYPASS_URL}',
    '$&$1$$',
    '\\u0041',
    '__proto__',
  ];

  it.each(hostile)('the value %s of a claim stands in a template as it is', (value) => {
    const compiled = compileTemplate('<${claims:team}>');
    if (!('template' in compiled)) throw new TypeError('the template is refused');

    const rendered = renderTemplate(
      compiled.template,
      (variable) => (variable === 'claims:team' ? value : 'looked up'),
      () => true,
    );

    expect(rendered).toEqual({ text: `<${value}>` });
  });

  it.each([
    '${7*7}',
    '${process.env.HOME}',
    '${constructor}',
    '${claims:a.b}',
    '${claims:__proto__}',
    '${claims:a()}',
    '${}',
  ])('the template %s is refused by the configuration', (text) => {
    expect(compileTemplate(text)).toHaveProperty('refused');
  });

  it.each(hostile)('the subject %s makes a source identity of STS’s characters alone', (subject) => {
    expect(toSourceIdentity({ issuer: 'okta', subject })).toMatch(/^okta[.=][\w+=,.@-]{1,59}$/);
  });
});

describe('CVE-2022-2385 (aws-iam-authenticator: parameters twice, or in another case)', () => {
  const path = '/iam/v1/whoami';
  let gateway: IamGateway;

  beforeAll(async () => {
    gateway = await startIamGateway({});
  });

  afterAll(() => gateway.stop());

  const attacker = () => gateway.user(home, 'allowed');
  const scope = () =>
    `${new Date().toISOString().slice(0, 10).replaceAll('-', '')}/eu-west-1/execute-api/aws4_request`;
  const ofVictim = () => `${gateway.user(away, 'allowed').accessKeyId}/${scope()}`;

  /** Whom API Gateway's identity names; the status where nobody. */
  async function identify(wire: WireRequest): Promise<string | number> {
    const before = gateway.events.length;
    const { status } = await send(gateway.url, wire);
    return gateway.events[before]?.requestContext.identity.userArn ?? status;
  }

  const nobody = 403;
  const theSigner = `arn:aws:iam::${home}:user/allowed`;

  it.each<[string, (query: string) => string, string | number]>([
    ['nothing else', (query) => query, theSigner],
    ["the victim's credential behind", (query) => `${query}&X-Amz-Credential=${ofVictim()}`, nobody],
    ["the victim's credential before", (query) => `X-Amz-Credential=${ofVictim()}&${query}`, nobody],
    ['its own credential twice', (query) => `${query}&${/X-Amz-Credential=[^&]+/.exec(query)?.[0]}`, nobody],
    ["the victim's credential in lower case", (query) => `${query}&x-amz-credential=${ofVictim()}`, nobody],
    ["the victim's credential in capitals", (query) => `X-AMZ-CREDENTIAL=${ofVictim()}&${query}`, nobody],
    ["the victim's credential, encoded", (query) => `${query}&X-Amz-%43redential=${ofVictim()}`, nobody],
    ['two signatures', (query) => `${query}&X-Amz-Signature=${'0'.repeat(64)}`, nobody],
    ['two dates', (query) => `${query}&X-Amz-Date=20260101T000000Z`, nobody],
    ['a session token', (query) => `${query}&X-Amz-Security-Token=AAAA`, nobody],
    ['two algorithms', (query) => `${query}&X-Amz-Algorithm=AWS4-HMAC-SHA256`, nobody],
    ['another list of signed headers', (query) => `${query}&X-Amz-SignedHeaders=host`, nobody],
    [
      'its own name in lower case alone',
      (query) => query.replace('X-Amz-Credential', 'x-amz-credential'),
      nobody,
    ],
  ])('a presigned request with %s names nobody else', async (_what, change, expected) => {
    const wire = await presign(gateway.url, { credentials: attacker(), path });
    const [, query = ''] = wire.path.split('?');

    expect(await identify({ ...wire, path: `${path}?${change(query)}` })).toBe(expected);
  });

  it.each(['x-amz-credential', 'X-AMZ-CREDENTIAL', 'X-Amz-credential'])(
    'a %s that the caller signed with the rest is no credential',
    async (name) => {
      const wire = await presign(gateway.url, {
        credentials: attacker(),
        path,
        query: { [name]: ofVictim() },
      });

      expect(await identify(wire)).toBe(theSigner);
    },
  );

  it.each<[string, (value: string) => string | readonly string[], string | number]>([
    ['once', (value) => value, theSigner],
    ['twice', (value) => [value, value], nobody],
    ["with the victim's credential behind", (value) => `${value}, Credential=${ofVictim()}`, nobody],
    [
      "with the victim's credential before",
      (value) => value.replace('Credential=', `Credential=${ofVictim()}, Credential=`),
      nobody,
    ],
    [
      "with the victim's credential in lower case",
      (value) => `${value}, credential=${ofVictim()}`,
      theSigner,
    ],
    ['with two signatures', (value) => `${value}, Signature=${'0'.repeat(64)}`, nobody],
    ['with an algorithm of no signature', (value) => value.replace('AWS4-HMAC-SHA256', 'AWS4-NONE'), nobody],
  ])('an Authorization header %s names nobody else', async (_how, change, expected) => {
    const wire = await sign(gateway.url, { credentials: attacker(), path });
    const { authorization = '', ...others } = wire.headers;

    const headers = { ...others, authorization: change(String(authorization)) };

    expect(await identify({ ...wire, headers })).toBe(expected);
  });

  it('a signature in the header and one in the query are none', async () => {
    const inQuery = await presign(gateway.url, { credentials: attacker(), path });
    const inHeader = await sign(gateway.url, { credentials: gateway.user(away, 'allowed'), path });

    expect(await identify({ ...inHeader, path: inQuery.path })).toBe(nobody);
    const { authorization = '' } = inHeader.headers;
    expect(await identify({ ...inQuery, headers: { ...inQuery.headers, authorization } })).toBe(nobody);
  });
});
