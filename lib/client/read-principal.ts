import { isSubject } from '../../lambda/core/is-subject.ts';

/** Who is meant, to the broker. */
export interface NamedPrincipal {
  readonly issuer: string;
  readonly subject: string;
}

/** What `readPrincipal` takes, for messages. */
export const principalForm =
  '<issuer>.<subject>, as whoami and audit show them, such as okta.alice@example.com';

/** `okta.alice@example.com`; `undefined` for what names nobody. Names of issuers hold no dot. */
export function readPrincipal(text: string): NamedPrincipal | undefined {
  const [, issuer, subject] = /^([a-z][a-z0-9-]{0,23})\.(.+)$/su.exec(text) ?? [];
  return issuer !== undefined && isSubject(subject) ? { issuer, subject } : undefined;
}
