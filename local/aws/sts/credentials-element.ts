import type { Credentials } from '../credentials.ts';
import { toIsoSeconds } from '../principal-context.ts';
import type { XmlElements } from './xml.ts';

/** The `Credentials` element, the same in all of STS's answers. */
export const toCredentialsElement = (credentials: Credentials): XmlElements => ({
  AccessKeyId: credentials.accessKeyId,
  SecretAccessKey: credentials.secretAccessKey,
  SessionToken: credentials.sessionToken,
  Expiration: toIsoSeconds(credentials.expiration.getTime()),
});
