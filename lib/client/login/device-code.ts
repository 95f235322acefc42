import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Configuration,
  type DeviceAuthorizationResponse,
  genericGrantRequest,
  initiateDeviceAuthorization,
  ResponseBodyError,
  type TokenEndpointResponse,
} from 'openid-client';
import { ClientError } from '../client-error.ts';
import { toCleanText } from './clean-text.ts';
import type { OidcLogin } from './login.ts';
import { asIssuer, discoverPatiently } from './open-id-issuer.ts';
import { type OidcSignIn, toTarget, toTokenParameters } from './sign-in.ts';
import { toOidcLogin } from './to-oidc-login.ts';

export type DeviceSignIn = Omit<OidcSignIn, 'show'>;

/** RFC 8628 §3.2 and §3.5, in seconds. An hour at most, whatever the issuer says. */
const seconds = {
  interval: 5,
  shortestInterval: 0.1,
  slowDown: 5,
  longestInterval: 60,
  longest: 3600,
} as const;

/** Signs in with a browser anywhere: RFC 8628. @throws ClientError */
export async function signInByDeviceCode(signIn: DeviceSignIn): Promise<OidcLogin> {
  const { issuer, settings, note, signal, now } = signIn;
  const configuration = await discoverPatiently(signIn);
  requireDeviceEndpoint(configuration, issuer);
  const device = await asIssuer(issuer, signal, () =>
    initiateDeviceAuthorization(configuration, { ...settings.parameters, scope: settings.scopes.join(' ') }),
  );
  note(
    `Open ${requirePage(device.verification_uri, issuer)} in any browser, and enter the code ${toCleanText(device.user_code)}`,
  );
  note(
    `It is good for ${toMinutes(device.expires_in)}. Confirm it only where that page shows this very code.`,
  );
  return toOidcLogin(toTarget(signIn), await poll(configuration, device, signIn), now());
}

/**
 * By a loop of our own: the library's looks at the signal every five seconds, and ends with the first connection that is
 * lost.
 */
async function poll(
  configuration: Configuration,
  device: DeviceAuthorizationResponse,
  signIn: DeviceSignIn,
): Promise<TokenEndpointResponse> {
  const { issuer, signal, now } = signIn;
  const deadlineMs = now() + Math.min(device.expires_in, seconds.longest) * 1000;
  let interval = toInterval(device.interval);
  while (now() < deadlineMs) {
    await pause(interval, signal);
    const answer = await askOnce(configuration, device.device_code, signIn);
    if (typeof answer === 'object') return answer;
    if (answer === 'slower') interval += seconds.slowDown;
    if (answer === 'lost') interval = Math.min(interval * 2, seconds.longestInterval);
  }
  throw new ClientError('not-logged-in', `nobody used the code of ${issuer} in time`, {
    hint: 'again with: daypass login',
  });
}

async function askOnce(
  configuration: Configuration,
  deviceCode: string,
  signIn: DeviceSignIn,
): Promise<TokenEndpointResponse | 'pending' | 'slower' | 'lost'> {
  const { issuer, signal } = signIn;
  try {
    return await asIssuer(issuer, signal, () =>
      genericGrantRequest(configuration, 'urn:ietf:params:oauth:grant-type:device_code', {
        ...toTokenParameters(toTarget(signIn)),
        device_code: deviceCode,
      }),
    );
  } catch (error) {
    const { cause } = Object(error) as { readonly cause?: unknown };
    const said = cause instanceof ResponseBodyError ? cause.error : undefined;
    if (said === 'authorization_pending') return 'pending';
    if (said === 'slow_down') return 'slower';
    if (error instanceof ClientError && error.code === 'unavailable') return 'lost';
    throw error;
  }
}

/** Seconds. A timer of Node's that is too long for it doesn't wait at all. */
export const toInterval = (said: number = seconds.interval): number =>
  Math.min(Math.max(said, seconds.shortestInterval), seconds.longestInterval);

async function pause(interval: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(interval * 1000, undefined, { signal });
  } catch (cause) {
    throw new ClientError('interrupted', 'stopped', { cause });
  }
}

function requireDeviceEndpoint(configuration: Configuration, issuer: string): void {
  if (configuration.serverMetadata().device_authorization_endpoint !== undefined) return;
  throw new ClientError('failed', `the issuer ${issuer} has no device codes`, {
    hint: 'log in with a browser on this machine: daypass login --browser',
  });
}

function requirePage(address: string, issuer: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href;
  throw new ClientError('failed', `the issuer ${issuer} names no page for its code`);
}

const toMinutes = (duration: number) =>
  duration < 120 ? `${Math.round(duration)} seconds` : `${Math.floor(duration / 60)} minutes`;
