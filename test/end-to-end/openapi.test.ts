import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routes } from '../../lambda/http/routes.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import type { Credentials } from '../../local/create-tables.ts';
import { assumeRole, userCredentials } from '../support/aws-identities.ts';
import { call, fetchToken, issue } from '../support/daypass-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';
import { fetchResponse, postResponse } from '../support/saml-client.ts';
import { signedCall } from '../support/signed-request.ts';

let daypass: RunningDaypass;
let token: string;
let issuanceId: string;
let administrator: Credentials;
let administratorsIssuanceId: string;

const administratorArn =
  'arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_PlatformAdmin_0123456789abcdef';

beforeAll(async () => {
  daypass = await startDaypass();
  token = await fetchToken(daypass, 'sre');
  const { json } = await issue(daypass, token, 'team-data', { reason: 'a look', durationSeconds: 1200 });
  issuanceId = json.IssuanceId;
  await issue(daypass, token, 'ci-deploy');
  administrator = await assumeRole(daypass, {
    as: userCredentials('222222222222/identity-center'),
    roleArn: administratorArn,
    sessionName: 'jane@example.com',
  });
  const path = '/iam/v1/profiles/prod-operations/credentials';
  const signed = await signedCall(daypass.broker, { credentials: administrator, method: 'POST', path });
  administratorsIssuanceId = signed.json.IssuanceId;
});

afterAll(() => daypass.stop());

describe('what OpenAPI says of an answer', () => {
  /** What these answer is compared with its schema in tests of their own, which have a body for them. */
  const elsewhere = ['relaySessionToken', 'decodeAuthorizationMessage', 'issueWebIdentityToken'];
  const inJson = routes.filter(
    ({ operation, handledBy, authorization, schemas: { answer, form } }) =>
      answer !== undefined &&
      form === undefined &&
      !elsewhere.includes(operation) &&
      // These need a reason, an id or a body of their own.
      handledBy !== 'controls' &&
      operation !== 'getFinding' &&
      // Findings are for whom the audit section trusts, which is no signed caller.
      !(operation === 'listFindings' && authorization === 'iam') &&
      // Third parties' have names, versions and managers of their own.
      handledBy !== 'integrations' &&
      handledBy !== 'integration-issuer',
  );

  it.each(inJson)('is what $method $path answers', async ({ method, path, schemas, authorization }) => {
    const isSigned = authorization === 'iam';
    const target = path
      .replace('{profile}', isSigned ? 'prod-operations' : 'prod-readonly')
      .replace('{id}', isSigned ? administratorsIssuanceId : issuanceId);

    const answer = isSigned
      ? await signedCall(daypass.broker, { credentials: administrator, method, path: target })
      : await call(daypass, { token, method, path: target });

    expect(answer.status).toBe(200);
    // Strict schemas: a member too many or of another type is an error.
    expect(schemas.answer?.safeParse(answer.json).error).toBeUndefined();
  });

  it('is what a posted form is answered with', async () => {
    const route = routes.find(({ operation }) => operation === 'consumeSamlResponse');

    const answer = await postResponse(daypass, { response: await fetchResponse(daypass) });

    expect(answer.status).toBe(200);
    expect(route?.schemas.answer?.safeParse(answer.json).error).toBeUndefined();
  });

  it('is what the other routes answer: a redirection, and metadata in XML', async () => {
    const login = await fetch(`${daypass.broker}/v1/saml/login?issuer=adfs`, { redirect: 'manual' });
    const metadata = await fetch(`${daypass.broker}/v1/saml/metadata`);

    expect([login.status, login.headers.get('location')]).toEqual([302, expect.stringMatching(/^http/)]);
    expect([metadata.status, metadata.headers.get('content-type')]).toEqual([
      200,
      'application/samlmetadata+xml',
    ]);
  });
});

describe('an open route', () => {
  const open = routes.filter(
    ({ authorization, method, schemas }) =>
      authorization === 'none' && method === 'GET' && schemas.answerType !== 'redirect',
  );

  it.each(open)('$path answers without a token, and in no other way with one', async ({ path }) => {
    const without = await fetch(`${daypass.broker}${path}`);
    const forged = await fetch(`${daypass.broker}${path}`, { headers: { authorization: 'Bearer x.y.z' } });

    expect(without.status).toBe(200);
    expect(await forged.text()).toEqual(await without.text());
  });

  it('takes the issuers from the configuration, whatever Host and forwarded headers say', async () => {
    const answer = await fetch(`${daypass.broker}/.well-known/daypass`, {
      headers: { 'x-forwarded-host': 'evil.example' },
    });

    const text = await answer.text();
    expect(text).not.toContain('evil.example');
    const { configuration } = readConfigurationFile('config/daypass.yaml');
    // Who its third parties are is not for everybody to know.
    const shown = [...configuration.issuers.values()].filter(({ type }) => type !== 'integration');
    expect(JSON.parse(text).issuers.map(({ name }: { name: string }) => name)).toEqual(
      shown.map(({ name }) => name),
    );
  });
});
