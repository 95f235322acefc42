/** How somebody proves to one broker who is asking, as it is kept on this machine. */
export type Login = OidcLogin | TokenLogin | TokenFileLogin | GitHubActionsLogin | AwsLogin;

/** Who somebody is, in the broker's words when it took the login. */
export interface LoginPrincipal {
  readonly issuer: string;
  readonly subject: string;
}

/** Tokens of an OpenID provider, renewed while it lets them be. */
export interface OidcLogin {
  readonly kind: 'oidc';
  /** Its own, given when it is kept: no two logins have one, a renewed one has the same. */
  readonly id?: string;
  readonly principal?: LoginPrincipal;
  /** The issuer's URL. */
  readonly issuer: string;
  readonly clientId: string;
  /** Which of its tokens the broker takes. */
  readonly tokenKind: 'access-token' | 'id-token';
  /** RFC 8707: named in each request for a token. */
  readonly resource?: string;
  readonly token: string;
  /** Epoch milliseconds, by this machine's clock. */
  readonly obtainedAtMs: number;
  readonly expiresAtMs: number;
  readonly refreshToken?: string;
}

/** A token that somebody brought, or that a SAML sign-in gave. Nothing renews it. */
export interface TokenLogin {
  readonly kind: 'token';
  readonly id?: string;
  readonly principal?: LoginPrincipal;
  readonly token: string;
  /** Epoch milliseconds; absent where the token doesn't say. */
  readonly expiresAtMs?: number;
}

/** A file that others keep fresh, such as a projected token of Kubernetes. */
export interface TokenFileLogin {
  readonly kind: 'token-file';
  readonly id?: string;
  readonly principal?: LoginPrincipal;
  readonly path: string;
}

/** The workflow's own identity: a new token for each process. */
export interface GitHubActionsLogin {
  readonly kind: 'github-actions';
  readonly id?: string;
  readonly principal?: LoginPrincipal;
  readonly audience: string;
}

/** The caller's own AWS credentials, with which requests are signed. */
export interface AwsLogin {
  readonly kind: 'aws';
  readonly id?: string;
  readonly principal?: LoginPrincipal;
  /** Of the AWS configuration; the default chain where there is none. */
  readonly profile?: string;
  /** Of the broker. */
  readonly region: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What was kept, or `undefined` where it isn't a login. By hand: a schema library would cost each command of the AWS CLI
 * a third of its start.
 */
export function parseLogin(value: unknown): Login | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Fields;
  const { kind } = fields;
  if (typeof kind !== 'string' || !Object.hasOwn(required, kind)) return undefined;
  const wellFormed =
    Object.entries(required[kind as Login['kind']]).every(([name, type]) => typeof fields[name] === type) &&
    Object.entries(optional).every(
      ([name, type]) => fields[name] === undefined || typeof fields[name] === type,
    ) &&
    (fields['principal'] === undefined || isPrincipal(fields['principal']));
  return wellFormed ? (value as Login) : undefined;
}

const required: Readonly<Record<Login['kind'], Readonly<Record<string, string>>>> = {
  oidc: {
    issuer: 'string',
    clientId: 'string',
    tokenKind: 'string',
    token: 'string',
    obtainedAtMs: 'number',
    expiresAtMs: 'number',
  },
  token: { token: 'string' },
  'token-file': { path: 'string' },
  'github-actions': { audience: 'string' },
  aws: { region: 'string' },
};

const optional: Readonly<Record<string, string>> = {
  id: 'string',
  resource: 'string',
  refreshToken: 'string',
  expiresAtMs: 'number',
  profile: 'string',
};

function isPrincipal(value: unknown): value is LoginPrincipal {
  const { issuer, subject } = Object(value) as Fields;
  return typeof issuer === 'string' && typeof subject === 'string';
}
