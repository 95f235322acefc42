import { AwsError } from '../aws-error.ts';
import type { Answer } from '../exchange.ts';
import { toIsoSeconds } from '../principal-context.ts';
import type { FederationCall } from './federation.ts';
import { toPage } from './page.ts';
import { openSignIn, type SignIn } from './sign-in-token.ts';

/** There's no console here: instead of it, a page that shows whom the link signs in. */
export function login({ parameters, method, world, key, expired, nowMs }: FederationCall): Answer {
  if (method !== 'GET') throw badRequest('allowed: GET');
  const destination = requireDestination(parameters.get('Destination'));
  const issuer = requireIssuer(parameters.get('Issuer'));
  const signIn = openSignIn(parameters.get('SigninToken') ?? '', key, nowMs);
  if (signIn === undefined || expired.has(signIn.accessKeyId)) {
    throw badRequest('the link is not valid, or no longer: it is good for 15 minutes');
  }
  const name = world.accounts.get(signIn.accountId)?.name ?? '';
  return toPage(200, 'Signed in to the AWS console', [
    ['Account', `${signIn.accountId} (${name})`],
    ['Signed in as', signIn.arn],
    ['Until', toIsoSeconds(toEndMs(signIn, nowMs))],
    ['Destination', destination],
    ['Issuer', issuer ?? 'none'],
  ]);
}

const toEndMs = ({ durationSeconds, expiresAtMs }: SignIn, nowMs: number): number =>
  durationSeconds === undefined ? expiresAtMs : nowMs + durationSeconds * 1000;

/** A console of any partition, by https. Anything else would make the endpoint a way to somebody else's page. */
function requireDestination(text: string | undefined): string {
  const url = parseUrl(text);
  const isConsole = url !== undefined && consoleHosts.test(url.hostname);
  const isPlain = url?.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  if (isConsole && isPlain) return url.href;
  throw badRequest('Destination must be an https address of the AWS console');
}

const consoleHosts = /^([a-z0-9-]+\.)*console\.(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)$/;

/** Where the console sends people whose session has ended. */
function requireIssuer(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const url = parseUrl(text);
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol)) return url.href;
  throw badRequest('Issuer must be an http or https address');
}

const parseUrl = (text: string | undefined): URL | undefined =>
  text === undefined ? undefined : (URL.parse(text) ?? undefined);

const badRequest = (message: string): AwsError => new AwsError('BadRequest', 400, message);
