import * as z from 'zod';

export const healthAnswer = z.strictObject({ status: z.literal('ok') });

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

export const openApiAnswer = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ version: z.string() }),
});
