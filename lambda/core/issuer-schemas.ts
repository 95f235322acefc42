import * as z from 'zod';
import { isIssuerUrl, secureOrLoopback } from './issuer-url.ts';
import { loginSchema } from './login-schema.ts';
import { oidcPresetNames } from './oidc-presets.ts';
import { integer, list, named, object, text } from './schema-parts.ts';
import { statements } from './statements-schema.ts';

/*
 * The four kinds of issuers as they are written. What one setting alone cannot say is checked by `compileIssuer`.
 */

const issuerUrl = z
  .string({ error: secureOrLoopback })
  .max(512, { error: secureOrLoopback })
  .refine(isIssuerUrl, { error: secureOrLoopback });

const claimPointerAllowed = 'a JSON pointer into the token, such as /groups';
const claimPointer = text(claimPointerAllowed, /^(?:\/(?:[^/~\p{C}]|~[01])+)+$/u);

const audienceAllowed = 'a string or a list of strings, 1–256 characters each';
const audienceText = text(audienceAllowed, /^[^\p{C}]{1,256}$/u);
const audience = z
  .union(
    [audienceText, z.array(audienceText, { error: audienceAllowed }).min(1, { error: audienceAllowed })],
    { error: audienceAllowed },
  )
  .describe('Every audience of a token must be one of these');

const algorithmsAllowed = 'RS256, ES256, ES384 or EdDSA';
const algorithms = list(
  z.enum(['RS256', 'ES256', 'ES384', 'EdDSA'], { error: algorithmsAllowed }),
  `a list of ${algorithmsAllowed}`,
)
  .min(1, { error: `at least one of ${algorithmsAllowed}` })
  .describe('Signature algorithms taken from this issuer');

const admit = statements(['Sid', 'Effect', 'Condition'])
  .min(1, { error: 'at least one statement' })
  .optional()
  .describe('Whom of this issuer the broker admits at all; required where the whole world shares the issuer');

const claimName = /^[A-Za-z][\w-]{0,63}$/;
const claimNameAllowed = 'a name of 1–64 letters, digits, _ and -, beginning with a letter';
const someText = text('1–512 printable characters', /^[^\p{C}]{1,512}$/u);
const texts = (allowed: string) => list(someText, allowed);

const jwk = z.record(z.string(), z.unknown(), { error: 'a public key as a JWK object' });
const jwksAllowed = 'a JWK set: { keys: [<1–10 public keys>] }';
const jwks = object({
  keys: list(jwk, jwksAllowed).min(1, { error: jwksAllowed }).max(10, { error: jwksAllowed }),
});

export const oidcIssuerSchema = object({
  type: z.literal('oidc', { error: 'oidc' }),
  preset: z
    .enum(oidcPresetNames, { error: oidcPresetNames.join(', ') })
    .optional()
    .describe(
      'Sets issuer, algorithms and claims for a well-known issuer; what is written beside it is added',
    ),
  issuer: issuerUrl
    .optional()
    .describe("The issuer's URL, as it stands in the token's iss; a preset may set it"),
  audience,
  algorithms: algorithms.default(['RS256']),
  subjectClaim: claimPointer.default('/sub').describe('Where the subject stands in the token'),
  audienceClaim: claimPointer.default('/aud').describe('Where the audience stands in the token'),
  requiredClaims: z
    .record(claimPointer, someText, {
      error: ({ code }) =>
        code === 'invalid_key' ? claimPointerAllowed : 'an object from JSON pointers to the one value taken',
    })
    .default({})
    .describe('What a token must say there, such as /token_use: access'),
  claims: named(
    claimName,
    claimNameAllowed,
    object({
      claim: claimPointer,
      type: z.enum(['string', 'number', 'boolean', 'list'], { error: 'string, number, boolean or list' }),
    }),
  )
    .default({})
    .describe('The only claims that are carried; a value of another type is a refused token'),
  mfa: object({
    amr: list(z.string({ error: 'a string' }), 'a list of strings').default([]),
    acr: list(z.string({ error: 'a string' }), 'a list of strings').default([]),
  })
    .default({ amr: [], acr: [] })
    .describe('Values of amr or acr of which one proves more than one factor'),
  tokenTypes: list(
    text('a media type without "application/", such as at+jwt', /^[\w.+-]+$/),
    'a list of token types',
  )
    .min(1, { error: 'at least one token type' })
    .default(['JWT', 'at+jwt'])
    .describe('Values taken in the header typ, where it is present'),
  maxLifetimeSeconds: integer(60, 604_800, 'seconds')
    .default(86_400)
    .describe('Longest time from iat to exp that is taken'),
  maxAgeSeconds: integer(60, 604_800, 'seconds').optional().describe('Longest time since iat that is taken'),
  jwks: jwks.optional().describe("The issuer's public keys, where the broker cannot fetch them"),
  login: loginSchema
    .optional()
    .describe('How the daypass command signs people in; whoever asks the broker is told all of it'),
  admit,
});

const accountIdAllowed = 'an account id of 12 digits, in quotes';
const accountIds = (allowed: string) => list(text(accountIdAllowed, /^[0-9]{12}$/), allowed);

export const iamIssuerSchema = object({
  type: z.literal('iam', { error: 'iam' }),
  accounts: accountIds('a list of account ids')
    .min(1, { error: 'at least one account id' })
    .optional()
    .describe('Accounts whose identities are heard'),
  organizationId: text('an organization id such as o-a1b2c3d4e5', /^o-[a-z0-9]{10,32}$/)
    .optional()
    .describe('The organization whose identities are heard; with accounts both must hold'),
  identityCenter: object({ accounts: accountIds('a list of account ids').default([]) })
    .default({ accounts: [] })
    .describe('Accounts in which IAM Identity Center makes the AWSReservedSSO_ roles'),
  mfa: object({
    permissionSets: list(
      text('a permission set name of 1–32 characters', /^[\w+=,.@-]{1,32}$/),
      'a list of permission sets',
    ).default([]),
    profiles: list(someText, 'a list of profiles').default([]),
  })
    .default({ permissionSets: [], profiles: [] })
    .describe(
      "Permission sets that nobody enters without MFA, and profiles whose paths the API's resource policy opens with MFA alone",
    ),
  admit,
});

export const samlIssuerSchema = object({
  type: z.literal('saml', { error: 'saml' }),
  metadataFile: someText
    .optional()
    .describe("The identity provider's metadata, beside this file; read when this file is"),
  entityId: someText.optional().describe("The identity provider's entity id, where there is no metadataFile"),
  singleSignOnUrl: z
    .string({ error: secureOrLoopback })
    .max(512, { error: secureOrLoopback })
    .refine((url) => isIssuerUrl(url.replace(/\?[^#]*$/, '')), { error: secureOrLoopback })
    .optional()
    .describe('Where the browser signs in (HTTP-Redirect), where there is no metadataFile'),
  certificates: list(
    text('an X.509 certificate in PEM, or its base64 alone', /^[A-Za-z0-9+/=\s-]{100,8192}$/),
    'a list of certificates',
  )
    .min(1, { error: 'at least one certificate' })
    .max(5, { error: 'at most 5 certificates' })
    .optional()
    .describe(
      'What the identity provider signs with, where there is no metadataFile; two while it rolls over',
    ),
  subjectAttribute: someText.optional().describe('The attribute that is the subject; the NameID otherwise'),
  claims: named(
    claimName,
    claimNameAllowed,
    object({
      attribute: someText,
      type: z.enum(['string', 'list'], { error: 'string or list' }),
    }),
  )
    .default({})
    .describe(
      'The only attributes that are carried; another number of values than the type takes is refused',
    ),
  mfa: object({
    authnContexts: texts('a list of AuthnContextClassRef values').default([]),
    authnMethods: texts('a list of authentication methods').default([]),
  })
    .default({ authnContexts: [], authnMethods: [] })
    .describe(
      'AuthnContextClassRef or authnmethodsreferences values of which one proves more than one factor',
    ),
  idpInitiated: z
    .boolean({ error: 'true or false' })
    .default(true)
    .describe('Whether a response is taken that answers no request of this broker'),
  admit,
});

export const integrationIssuerSchema = object({
  type: z.literal('integration', { error: 'integration' }),
  audience,
  algorithms: algorithms.default(['RS256', 'ES256']),
  jwks: jwks
    .optional()
    .describe(
      "The third party's public keys; two while it rotates. Without them they are those of the integration of this name, which the third party can replace itself",
    ),
  admit,
});

export const issuerSchemas = {
  oidc: oidcIssuerSchema,
  iam: iamIssuerSchema,
  saml: samlIssuerSchema,
  integration: integrationIssuerSchema,
} as const;

export const issuerTypes = Object.keys(issuerSchemas) as readonly (keyof typeof issuerSchemas)[];

const issuerTypesAllowed = issuerTypes.join(', ').replace(/, (\w+)$/, ' or $1');

export const issuerSchema = z.discriminatedUnion(
  'type',
  [oidcIssuerSchema, iamIssuerSchema, samlIssuerSchema, integrationIssuerSchema],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? issuerTypesAllowed : `an object with a type: ${issuerTypesAllowed}`,
  },
);

export type IssuerDocument = z.output<typeof issuerSchema>;
export type OidcIssuerDocument = z.output<typeof oidcIssuerSchema>;
export type IamIssuerDocument = z.output<typeof iamIssuerSchema>;
export type SamlIssuerDocument = z.output<typeof samlIssuerSchema>;
export type IntegrationIssuerDocument = z.output<typeof integrationIssuerSchema>;

/** The settings of an issuer that are well-formed by themselves: all of them, where its shape is right. */
export type IssuerSettings =
  | ({ readonly type: 'oidc' } & Partial<OidcIssuerDocument>)
  | ({ readonly type: 'iam' } & Partial<IamIssuerDocument>)
  | ({ readonly type: 'saml' } & Partial<SamlIssuerDocument>)
  | ({ readonly type: 'integration' } & Partial<IntegrationIssuerDocument>);
