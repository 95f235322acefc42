import { type Place, readEntries, readOneOrMore, refuse } from './document-place.ts';
import type { Effect, PolicyGrammar, PrincipalPattern } from './policy.ts';

const accountIdSyntax = /^\d{12}$/;
const rootSyntax = /^arn:aws(?:-[a-z]+)*:iam::(\d{12}):root$/;
/** Users, roles and the two kinds of session, each by its whole name; the classes leave `*`, `?` and `$` out. */
const identitySyntaxes = [
  /^arn:aws(?:-[a-z]+)*:iam::\d{12}:(?:user|role)\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]+$/,
  /^arn:aws(?:-[a-z]+)*:sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+$/,
  /^arn:aws(?:-[a-z]+)*:sts::\d{12}:federated-user\/[\w+=,.@-]+$/,
];
const serviceSyntax = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;
/** The ARN of a SAML or OIDC provider, a host name, or the name of one of our issuers. */
const providerSyntax = /^[\w+=,.@:/-]+$/;

const principalForm = '"*", or an object with AWS, Service or Federated';
const awsForm =
  'an account id, or the whole ARN of an account\'s root, a user, a role, a role session or a federated user, or "*" alone';

const readers: Readonly<Record<string, (place: Place) => PrincipalPattern | undefined>> = {
  AWS: readAwsPrincipal,
  Service: readService,
  Federated: readProvider,
};

/** Compiles a Principal element; `undefined`, and problems, when part of it cannot be taken. */
export function compilePrincipals(
  place: Place,
  effect: Effect | undefined,
  grammar: PolicyGrammar,
): readonly PrincipalPattern[] | undefined {
  const found = readPrincipals(place);
  const patterns = found?.map(({ pattern, place: at }) => {
    const allowed = pattern && effect && grammar.refusePrincipal?.(pattern, effect);
    return allowed === undefined ? pattern : refuse(at, allowed);
  });
  return patterns?.every((pattern) => pattern !== undefined) ? patterns : undefined;
}

interface FoundPrincipal {
  readonly place: Place;
  readonly pattern: PrincipalPattern | undefined;
}

function readPrincipals(place: Place): readonly FoundPrincipal[] | undefined {
  if (place.value === '*') return [{ place, pattern: { type: 'Any' } }];
  const types = readEntries(place, principalForm);
  if (types?.size === 0) return refuse(place, principalForm);
  return types && [...types].flatMap(([type, names]) => readType(type, names));
}

function readType(type: string, names: Place): readonly FoundPrincipal[] {
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  const places = read && readOneOrMore(names, 'at least one principal');
  if (read === undefined) refuse(names, 'AWS, Service or Federated as a type of principal');
  if (read === undefined || places === undefined) return [{ place: names, pattern: undefined }];
  return places.map((place) => ({ place, pattern: read(place) }));
}

function readAwsPrincipal(place: Place): PrincipalPattern | undefined {
  const { value } = place;
  if (typeof value !== 'string') return refuse(place, awsForm);
  if (value === '*') return { type: 'Any' };
  const accountId = accountIdSyntax.test(value) ? value : rootSyntax.exec(value)?.[1];
  if (accountId !== undefined) return { type: 'Account', accountId };
  return identitySyntaxes.some((syntax) => syntax.test(value))
    ? { type: 'AWS', arn: value }
    : refuse(place, awsForm);
}

function readService(place: Place): PrincipalPattern | undefined {
  const { value } = place;
  if (typeof value === 'string' && serviceSyntax.test(value)) return { type: 'Service', service: value };
  return refuse(place, 'the name of a service such as lambda.amazonaws.com, without wildcards');
}

function readProvider(place: Place): PrincipalPattern | undefined {
  const { value } = place;
  if (typeof value === 'string' && providerSyntax.test(value)) return { type: 'Federated', provider: value };
  return refuse(place, 'the name or ARN of an identity provider, without wildcards');
}
