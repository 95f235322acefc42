import { randomBytes, timingSafeEqual } from 'node:crypto';
import { toBrokerAddress } from '../broker-url.ts';
import type { TokenLogin } from './login.ts';
import { readExpiry } from './read-claims.ts';
import { receiveFromBrowser } from './receive-from-browser.ts';
import { requireToken } from './require-token.ts';
import type { SignIn } from './sign-in.ts';

export interface SamlSignIn extends SignIn {
  readonly broker: URL;
  /** As the broker says it, with its query. */
  readonly loginPath: string;
  /** Takes the token that the page shows, where somebody can be asked. */
  readonly askForToken?: (signal: AbortSignal) => Promise<string>;
}

/** Characters of the state by which people tell their own page from another's. */
const codeLength = 8;

/**
 * Signs in at the broker, which gives a token of its own: by a form that comes back to this machine, or by what somebody
 * copies from the page, whichever is first.
 *
 * @throws ClientError
 */
export async function signInBySaml(signIn: SamlSignIn): Promise<TokenLogin> {
  const { signal, note } = signIn;
  const state = randomBytes(24).toString('base64url');
  note(
    `The page shows the code ${state.slice(0, codeLength)} when it is yours. Send nothing where it shows another.`,
  );
  const settled = new AbortController();
  const either = AbortSignal.any([signal, settled.signal]);
  try {
    const token = requireToken(await receiveEither({ ...signIn, signal: either }, state), 'the answer');
    const expiresAtMs = readExpiry(token);
    return { kind: 'token', token, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
  } finally {
    // Of the two the other one.
    settled.abort();
  }
}

/** Nobody is asked before the address is there to be read. */
function receiveEither(signIn: SamlSignIn, state: string): Promise<string> {
  const { askForToken, show, signal } = signIn;
  return new Promise((resolve, reject) => {
    const showAndAsk = async (address: URL) => {
      await show(address);
      askForToken?.(signal).then(resolve, reject);
    };
    receiveToken({ ...signIn, show: showAndAsk }, state).then(resolve, reject);
  });
}

const receiveToken = ({ broker, loginPath, show, signal }: SamlSignIn, state: string): Promise<string> =>
  receiveFromBrowser({
    redirectUri: new URL('http://127.0.0.1/callback'),
    method: 'POST',
    toDestination: ({ port }) => toDestination(broker, loginPath, { port, state }),
    accept: (parameters) =>
      isSame(parameters.get('state') ?? '', state) ? (parameters.get('token') ?? undefined) : undefined,
    show,
    signal,
  });

function toDestination(broker: URL, loginPath: string, more: Readonly<Record<string, string>>): URL {
  const { pathname, searchParams } = new URL(loginPath, broker);
  return toBrokerAddress(broker, pathname, { ...Object.fromEntries(searchParams), ...more });
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
