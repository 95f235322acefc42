import { resolve } from 'node:path';
import { ClientError } from '../../lib/client/client-error.ts';
import type { Deployment } from '../../lib/client/deployment.ts';
import {
  type LoginIssuer,
  requireLoginIssuer,
  toLoginIssuers,
} from '../../lib/client/login/find-login-issuer.ts';
import type { Login } from '../../lib/client/login/login.ts';
import { toAwsLogin, toGitHubActionsLogin } from '../../lib/client/login/machine-logins.ts';
import { readExpiry } from '../../lib/client/login/read-claims.ts';
import { requireToken } from '../../lib/client/login/require-token.ts';
import { kubernetesTokenPath } from '../../lib/client/login/token-file.ts';
import { hasBrowser, openBrowser } from '../../lib/client/open-browser.ts';
import { askHidden, askToChoose } from './ask.ts';
import { readInput } from './read-document.ts';
import type { Terminal } from './terminal.ts';

/** How to log in, as the command line says it. */
export interface LoginOptions {
  readonly issuer?: string;
  readonly browser?: true;
  readonly device?: true;
  readonly tokenFile?: string;
  /** `true`: at the usual place. */
  readonly kubernetes?: string | true;
  readonly githubActions?: true;
  readonly audience?: string;
  readonly aws?: true;
  readonly awsProfile?: string;
  readonly tokenStdin?: true;
}

interface Place {
  readonly broker: URL;
  readonly deployment: Deployment;
}

/** A login of the kind that was asked for, which the broker has not seen yet. @throws ClientError */
export async function logIn(options: LoginOptions, place: Place, terminal: Terminal): Promise<Login> {
  const { tokenFile, kubernetes, githubActions, aws, awsProfile, tokenStdin } = options;
  if (tokenFile !== undefined) return toTokenFileLogin(tokenFile);
  if (kubernetes !== undefined)
    return toTokenFileLogin(kubernetes === true ? kubernetesTokenPath : kubernetes);
  if (githubActions) return toGitHubActionsLogin(place.deployment, options);
  if (aws || awsProfile !== undefined) return toAwsLogin(place.deployment, awsProfile);
  if (tokenStdin) return readTokenLogin(terminal);
  return signIn(await chooseIssuer(options, place.deployment, terminal), options, place, terminal);
}

const toTokenFileLogin = (path: string): Login => ({ kind: 'token-file', path: resolve(path) });

async function readTokenLogin(terminal: Terminal): Promise<Login> {
  // Typed or pasted at a terminal, it would stand there for everybody to read.
  const read = terminal.isInteractive
    ? askHidden('Token', '--token-stdin', terminal)
    : readInput(terminal.signal);
  const token = requireToken(await read, 'standard input');
  const expiresAtMs = readExpiry(token);
  return { kind: 'token', token, ...(expiresAtMs === undefined ? {} : { expiresAtMs }) };
}

async function chooseIssuer(
  { issuer }: LoginOptions,
  deployment: Deployment,
  terminal: Terminal,
): Promise<LoginIssuer> {
  if (issuer !== undefined) return requireLoginIssuer(deployment, issuer);
  const candidates = toLoginIssuers(deployment);
  const [only, ...others] = candidates;
  if (only === undefined) {
    throw new ClientError('failed', 'nobody can sign in at this broker by hand', {
      hint: 'for machines: --token-file, --kubernetes, --github-actions, --aws; a token you have: --token-stdin',
    });
  }
  if (others.length === 0) return only;
  const names = candidates.map(({ name }) => name).join(', ');
  const name = await askToChoose(
    'Sign in at',
    candidates.map((one) => ({ value: one.name, description: one.type === 'oidc' ? one.issuer : 'SAML' })),
    { ...terminal, flag: `--issuer (${names})` },
  );
  return requireLoginIssuer(deployment, name);
}

async function signIn(
  issuer: LoginIssuer,
  options: LoginOptions,
  { broker }: Place,
  terminal: Terminal,
): Promise<Login> {
  const { note, signal, now, isInteractive } = terminal;
  const base = { note, signal, now, show: toShow(terminal) };
  if (issuer.type === 'saml') {
    if (options.device) throw toNoSuchFlow(issuer, '--device');
    const { signInBySaml } = await import('../../lib/client/login/saml.ts');
    const askForToken = (end: AbortSignal) =>
      askHidden('Or paste the token of the page here', '--token-stdin', { isInteractive, signal: end });
    return signInBySaml({
      ...base,
      broker,
      loginPath: issuer.loginPath,
      ...(isInteractive ? { askForToken } : {}),
    });
  }
  const flow = chooseFlow(issuer, options, terminal);
  const settings = { ...base, issuer: issuer.issuer, settings: issuer.login };
  if (flow === 'device-code') {
    return (await import('../../lib/client/login/device-code.ts')).signInByDeviceCode(settings);
  }
  return (await import('../../lib/client/login/authorization-code.ts')).signInByAuthorizationCode(settings);
}

type Flow = 'authorization-code' | 'device-code';

/** What was asked for; else the broker's first choice that works here. */
function chooseFlow(
  issuer: LoginIssuer & { readonly type: 'oidc' },
  { browser, device }: LoginOptions,
  { env, isInteractive }: Terminal,
): Flow {
  const flows = issuer.login.flows.filter((flow) => flow === 'authorization-code' || flow === 'device-code');
  if (browser) return requireFlow(issuer, flows, 'authorization-code', '--browser');
  if (device) return requireFlow(issuer, flows, 'device-code', '--device');
  const [first] = flows;
  if (first === undefined) throw toNoSuchFlow(issuer, 'this version of daypass');
  if (isInteractive && hasBrowser(env)) return first;
  return flows.includes('device-code') ? 'device-code' : first;
}

function requireFlow(issuer: LoginIssuer, flows: readonly Flow[], flow: Flow, flag: string): Flow {
  if (flows.includes(flow)) return flow;
  throw toNoSuchFlow(issuer, flag);
}

const toNoSuchFlow = ({ name }: LoginIssuer, what: string) =>
  new ClientError('usage', `the issuer ${name} of this broker does not log in by ${what}`, {
    hint: 'leave the flag away, or name another issuer with --issuer',
  });

/** The address is said as well: what was started may be no browser, or show its window elsewhere. */
const toShow =
  ({ env, note }: Terminal) =>
  async (address: URL): Promise<void> => {
    const isOpened = hasBrowser(env) && (await openBrowser(address, env));
    note(
      isOpened
        ? `Your browser should show a page to sign in. If it does not, open ${address.href}`
        : `Open ${address.href} in a browser on this machine`,
    );
  };
