import * as z from 'zod';
import { strictObject } from './parse-request.ts';
import { isHandoffPort } from './saml-request-cookie.ts';

const portAllowed = 'a port of 127.0.0.1, 1024–65535';
const stateAllowed = '22–64 characters of base64url, new and random for each sign-in';

export const samlLoginQuery = strictObject({
  issuer: z
    .string({ error: 'the name of an issuer of type saml' })
    .describe('Name of the issuer; may be left out where there is only one')
    .exactOptional(),
  port: z
    .string({ error: portAllowed })
    .refine(isHandoffPort, { error: portAllowed })
    .describe(
      'With state: where a program of this machine takes the token, on 127.0.0.1 at /callback, once somebody presses the button for it',
    )
    .exactOptional(),
  state: z
    .string({ error: stateAllowed })
    .regex(/^[\w-]{22,64}$/, { error: stateAllowed })
    .describe(
      "The program's own secret, which comes back beside the token; the page shows its first 8 characters for comparison",
    )
    .exactOptional(),
}).superRefine(({ port, state }, context) => {
  if ((port === undefined) === (state === undefined)) return;
  const [missing, error] = port === undefined ? ['port', portAllowed] : ['state', stateAllowed];
  context.addIssue({ code: 'custom', path: [missing], message: `${error}; both or neither` });
});

/** Characters of base64: what STS takes of an assertion, and far above what identity providers send. */
export const maxSamlResponseLength = 100_000;

const samlResponseAllowed = `a SAML response in base64, 1–${maxSamlResponseLength} characters, as the browser posts it`;

/** SAML 2.0 bindings §3.5.4: the fields of the form that the identity provider has the browser post. */
export const samlForm = strictObject({
  SAMLResponse: z
    .string({ error: samlResponseAllowed })
    .min(1, { error: samlResponseAllowed })
    .max(maxSamlResponseLength, { error: samlResponseAllowed }),
  RelayState: z
    .string({ error: 'a string of at most 1024 characters' })
    .max(1024, { error: 'a string of at most 1024 characters' })
    .describe('Taken and not used: the answer goes to whoever posts, and never to an address in a parameter')
    .exactOptional(),
});

export const samlTokenAnswer = z.strictObject({
  token: z.string().describe('For Authorization: Bearer; it stands in no URL'),
  tokenType: z.literal('Bearer'),
  expiresAt: z.iso.datetime(),
  issuer: z.string(),
  subject: z.string(),
});
