import { callersPath, demoClientSecret } from './identity-provider/demo-callers.ts';

export interface DemoTokenOptions {
  readonly caller: string;
  /** URLs without a slash at the end. */
  readonly identityProvider: string;
  /** Asked for callers of SAML issuers alone: it gives a token for their assertion. */
  readonly broker: string;
}

/** Says what is wrong and what to do, in one line. */
export class DemoTokenError extends Error {
  override readonly name = 'DemoTokenError';
}

/**
 * A fresh bearer token of a demo caller, by the way that its issuer has.
 *
 * @throws DemoTokenError
 */
export async function fetchDemoToken(options: DemoTokenOptions): Promise<string> {
  const { caller, identityProvider } = options;
  const callers = await fetchObject(`${identityProvider}${callersPath}`, identityProviderOf(options));
  const found = Object.hasOwn(callers, caller) ? Object(callers[caller]) : {};
  if (typeof found.tokenEndpoint === 'string') return fetchToken(found.tokenEndpoint, options);
  if (typeof found.responseEndpoint === 'string') return exchangeResponse(found.responseEndpoint, options);
  if (typeof found.awsUser === 'string') throw new DemoTokenError(explainSignature(found.awsUser, options));
  const names = Object.keys(callers).join(', ');
  throw new DemoTokenError(`there is no demo caller ${caller}; allowed: ${names}`);
}

async function fetchToken(endpoint: string, options: DemoTokenOptions): Promise<string> {
  const service = identityProviderOf(options);
  const { access_token: token } = await fetchObject(endpoint, service, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${options.caller}:${demoClientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  return requireToken(token, service);
}

/** What a browser does after the sign-in, without one. */
async function exchangeResponse(endpoint: string, options: DemoTokenOptions): Promise<string> {
  const { caller, broker } = options;
  const query = new URLSearchParams({ caller, url: broker });
  const response = await ask(`${endpoint}?${query}`, identityProviderOf(options));
  const service = { name: 'broker', url: broker, flag: '--broker' };
  const { token } = await fetchObject(`${broker}/v1/saml/acs`, service, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ SAMLResponse: await response.text() }).toString(),
  });
  return requireToken(token, service);
}

const explainSignature = (arn: string, { broker }: DemoTokenOptions) =>
  `${arn} needs no token: it signs its requests with its keys, which stand in local/world.yaml; try curl --aws-sigv4 aws:amz:eu-west-1:execute-api --user ACCESS_KEY_ID:SECRET_ACCESS_KEY ${broker}/iam/v1/whoami`;

/** Who is asked, and the flag that names another address of it. */
interface Service {
  readonly name: string;
  readonly url: string;
  readonly flag: string;
}

const identityProviderOf = ({ identityProvider }: DemoTokenOptions): Service => ({
  name: 'identity provider',
  url: identityProvider,
  flag: '--idp',
});

function requireToken(token: unknown, service: Service): string {
  if (typeof token === 'string') return token;
  throw unreachable(service, 'it gave no token');
}

async function fetchObject(
  url: string,
  service: Service,
  init: RequestInit = {},
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await ask(url, service, init);
  const value: unknown = await answer.json().catch(() => undefined);
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  throw unreachable(service, 'its answer is not a JSON object');
}

async function ask(url: string, service: Service, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) }).catch((error: unknown) => {
    throw unreachable(service, toReason(error));
  });
  if (answer.ok) return answer;
  throw unreachable(service, `status ${answer.status}`);
}

const unreachable = ({ name, url, flag }: Service, reason: string) =>
  new DemoTokenError(
    `no local ${name} answers at ${url} (${reason}); start it with "npm start", or name its address with ${flag} URL`,
  );

/** fetch says "fetch failed"; the system's own word is in the cause. */
function toReason(error: unknown): string {
  const { cause = error } = Object(error) as { readonly cause?: unknown };
  const { code, message } = Object(cause) as { readonly code?: unknown; readonly message?: unknown };
  return String(code ?? message ?? error);
}
