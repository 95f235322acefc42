import { describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { signRequest } from '../../../lambda/adapters/sign-request.ts';
import { Sha256 } from '../../local/aws/sha256.ts';

const credentials = { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };

/** What the SDK's own signer puts into `Authorization`, over the same headers. */
async function signBySdk(given: {
  readonly body: string;
  readonly path: string;
  readonly sessionToken: string | undefined;
  readonly nowMs: number;
}) {
  const { body, path, sessionToken, nowMs } = given;
  const signer = new SignatureV4({
    credentials: { ...credentials, ...(sessionToken === undefined ? {} : { sessionToken }) },
    ...{ region: 'eu-west-1', service: 'execute-api', sha256: Sha256, applyChecksum: false },
  });
  const request = {
    ...{ method: 'POST', protocol: 'https:', hostname: 'api.example.com', path, query: {}, body },
    headers: { host: 'api.example.com', ...(body === '' ? {} : { 'content-type': 'application/json' }) },
  };
  const { headers } = await signer.sign(request, { signingDate: new Date(nowMs) });
  return headers['authorization'];
}

describe('signRequest', () => {
  it("signs as the SDK's signer does, for any body, path, time and session", async () => {
    const path = fc.stringMatching(/^(\/[a-z0-9-]{1,12}){1,5}$/);
    const nowMs = fc.integer({ min: 0, max: 4_102_444_800_000 });
    const sessionToken = fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{16,64}$/), { nil: undefined });
    const given = fc.record({
      body: fc.constantFrom('', '{}', '{"reason":"日本"}'),
      path,
      nowMs,
      sessionToken,
    });

    await fc.assert(
      fc.asyncProperty(given, async (one) => {
        const { authorization } = signRequest(
          { method: 'POST', url: new URL(`https://api.example.com${one.path}`), body: one.body },
          {
            credentials: { ...credentials, sessionToken: one.sessionToken },
            ...{ region: 'eu-west-1', service: 'execute-api', nowMs: one.nowMs },
          },
        );

        expect(authorization).toBe(await signBySdk(one));
      }),
      { numRuns: 50 },
    );
  });

  it('shows the key id and never the secret', () => {
    const headers = signRequest(
      { method: 'POST', url: new URL('https://api.example.com/prod'), body: '{}' },
      { credentials, region: 'eu-west-1', service: 'execute-api', nowMs: 0 },
    );

    expect(JSON.stringify(headers)).toContain(credentials.accessKeyId);
    expect(JSON.stringify(headers)).not.toContain(credentials.secretAccessKey);
  });
});
