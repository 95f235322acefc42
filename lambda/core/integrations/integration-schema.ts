import * as z from 'zod';
import { profileSchemas } from '../profile-schemas.ts';
import { absent, httpsUrl, list, object, person, text } from '../schema-parts.ts';

/*
 * What a manager may send, and a third party of its keys. Each `error` says what is allowed. What one setting alone
 * cannot say is checked by `readIntegrationDocument`.
 */

const namePattern = /^[a-z][a-z0-9-]{0,23}$/;

/** `self` is a path of the API; `daypass` is who made a change that nobody asked for. */
const reservedNames: readonly string[] = ['self', 'daypass'];

/** Whether this can name an integration at all. */
export const isIntegrationName = (value: string) => namePattern.test(value) && !reservedNames.includes(value);

const nameAllowed = `a name of 1–24 characters: a–z, 0–9 and -, beginning with a letter, and none of ${reservedNames.join(', ')}`;

const { description, roleArn, duration, sessionTags, sessionPolicy, setSourceIdentity, trust } =
  profileSchemas['assume-role'].shape;

const noExternalId = absent(
  'Daypass generates it and never takes one, so that nobody can name the ExternalId of another; the onboarding kit shows it. Leave it out',
);

/** What an answer shows, and a change of its own makes. */
const shown = {
  version: absent('Daypass counts the versions, and If-Match names the one that is changed; leave it out'),
  state: absent('verify, suspend and resume change it; leave it out'),
  verification: absent('only probes of the role say what they saw; leave it out'),
  provenAt: absent('only probes of the role say since when; leave it out'),
  suspension: absent('suspend and resume change it; leave it out'),
  externalId: noExternalId,
  externalIds: noExternalId,
};

const settings = {
  description,
  owner: person.describe('Whom to ask about this integration'),
  requestAccessUrl: httpsUrl.optional().describe('Where to ask for it'),
  roleArn: roleArn.describe("The role in the third party's account"),
  trust: trust.describe("Who may have credentials of the third party's role"),
  duration,
  sessionTags,
  sessionPolicy,
  setSourceIdentity,
  ...shown,
};

const jwk = z.record(z.string(), z.unknown(), { error: 'a public key as a JWK object' });
const jwksAllowed = 'a JWK set: { keys: [<at most 2 public keys>] }';

const keySet = z.strictObject(
  { keys: list(jwk, jwksAllowed).max(2, { error: jwksAllowed }) },
  { error: jwksAllowed },
);

export const newIntegrationSchema = object({
  name: text(nameAllowed, namePattern)
    .refine(isIntegrationName, { error: nameAllowed })
    .describe('Its id in paths and the issuer of its tokens; never given again'),
  ...settings,
  jwks: keySet.optional().describe('Public keys of a third party that calls the broker itself'),
});

/** The whole of what a manager decides: what is left out is gone, or has its default. */
export const integrationSchema = object({
  ...settings,
  name: absent('the path says it, and it is never changed; leave it out'),
  jwks: absent('PUT …/keys replaces keys, and the third party can do so too; leave them out'),
});

export const integrationKeysSchema = object({
  jwks: keySet.describe('All keys that are taken from now on; none locks the third party out'),
});

export type NewIntegrationDocument = z.output<typeof newIntegrationSchema>;
export type IntegrationDocument = z.output<typeof integrationSchema>;
