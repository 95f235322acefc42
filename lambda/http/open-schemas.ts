import * as z from 'zod';
import { loginFlows } from '../core/configuration.ts';

export const healthAnswer = z.strictObject({ status: z.literal('ok') });

const loginAnswer = z.strictObject({
  clientId: z.string().describe('A public client of the identity provider, without a secret'),
  scopes: z.array(z.string()),
  flows: z.array(z.enum(loginFlows)).describe('The preferred one first'),
  token: z.enum(['access-token', 'id-token']).describe('Which one the broker takes'),
  parameters: z.record(z.string(), z.string()).describe('More of the authorization request'),
  redirectUri: z
    .string()
    .describe('http on loopback; without a port any free one. http://127.0.0.1/callback where absent')
    .exactOptional(),
});

/** What a client must know before it has a token: where to get one, and for which audience. */
export const deploymentAnswer = z.strictObject({
  version: z.string(),
  region: z.string(),
  stage: z.string(),
  issuers: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({
        name: z.string(),
        type: z.literal('oidc'),
        issuer: z.string(),
        audiences: z.array(z.string()),
        login: loginAnswer
          .exactOptional()
          .describe('How the daypass command signs people in; absent where it does not'),
      }),
      z.strictObject({ name: z.string(), type: z.literal('saml'), loginPath: z.string() }),
      z.strictObject({
        name: z.string(),
        type: z.literal('iam'),
        basePath: z.string(),
        service: z.literal('execute-api'),
      }),
    ]),
  ),
});

/** OpenID Connect Discovery 1.0 §3. */
export const openIdConfigurationAnswer = z.strictObject({
  issuer: z.url(),
  jwks_uri: z.url(),
  response_types_supported: z.array(z.string()),
  subject_types_supported: z.array(z.string()),
  id_token_signing_alg_values_supported: z.array(z.literal('RS256')),
  claims_supported: z.array(z.string()),
});

/** RFC 7517. */
export const jsonWebKeysAnswer = z.strictObject({
  keys: z.array(
    z.strictObject({
      kty: z.literal('RSA'),
      use: z.literal('sig'),
      alg: z.literal('RS256'),
      kid: z.string(),
      n: z.string(),
      e: z.string(),
    }),
  ),
});

export const openApiAnswer = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ version: z.string() }),
});
