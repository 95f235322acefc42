import * as z from 'zod';
import { loginFlows } from './configuration.ts';
import { list, named, object, text } from './schema-parts.ts';

/*
 * How the `daypass` command signs people in at an issuer, as it is written. What goes together is checked by
 * `checkLogin`.
 */

const clientIdAllowed = 'a client id of 1–256 characters without spaces';
const scopeAllowed = 'a scope of 1–256 characters without spaces, quotes and backslashes';
const scopesAllowed = 'a list of 1–20 scopes, each once';
const flowAllowed = loginFlows.join(' or ');
const flowsAllowed = `a list of ${flowAllowed}, each once, the preferred one first`;
const valueAllowed = '1–512 printable characters';
const parameterAllowed =
  'the name of a parameter of the authorization request, 1–64 letters, digits, _, - and ., beginning with a letter';

/**
 * By RFC 6749, 7636, 8628, 9101 and 9126 and OpenID Connect: the command sets these anew for each sign-in, and a fixed
 * value would take away what they protect from. The rest are secrets, or say in what way the answer comes.
 */
export const flowParameters = [
  'client_assertion',
  'client_assertion_type',
  'client_id',
  'client_secret',
  'code',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'device_code',
  'grant_type',
  'id_token_hint',
  'nonce',
  'redirect_uri',
  'refresh_token',
  'request',
  'request_uri',
  'response_mode',
  'response_type',
  'scope',
  'state',
  'user_code',
] as const;

/** Some servers read names without regard to case. */
const isFlowParameter = (name: string) => flowParameters.some((one) => one === name.toLowerCase());

const flowParameterAllowed = `a parameter that the flow doesn't set itself, as it does ${flowParameters.join(', ')}`;

const redirectUriAllowed =
  'an http URL of a loopback host with a path and without query, such as http://127.0.0.1/callback, whose port is 1024–65535 or any free one where it says none';

const loopbackRedirect = /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::([1-9]\d{3,4}))?(\/[\w.~/-]*)$/;

function isLoopbackRedirect(value: string): boolean {
  const [, port = '1024', path] = loopbackRedirect.exec(value) ?? [];
  if (path === undefined || Number(port) < 1024 || Number(port) > 65_535) return false;
  // Dot segments are resolved before anybody compares it with what is registered.
  return new URL(value).pathname === path;
}

const isDistinct = (values: readonly string[]) => new Set(values).size === values.length;

export const loginSchema = object({
  clientId: text(clientIdAllowed, /^[\x21-\x7e]{1,256}$/).describe(
    'The public client that the identity provider has for the daypass command: without a secret',
  ),
  scopes: list(text(scopeAllowed, /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/), scopesAllowed)
    .min(1, { error: scopesAllowed })
    .max(20, { error: scopesAllowed })
    .refine(isDistinct, { error: scopesAllowed })
    .default(['openid', 'offline_access'])
    .describe('offline_access is for refresh tokens, where the identity provider knows it'),
  flows: list(z.enum(loginFlows, { error: flowAllowed }), flowsAllowed)
    .min(1, { error: flowsAllowed })
    .refine(isDistinct, { error: flowsAllowed })
    .default([...loginFlows])
    .describe('The preferred one first; device-code is for machines without a browser'),
  token: z
    .enum(['access-token', 'id-token'], { error: 'access-token or id-token' })
    .default('access-token')
    .describe('Which one the broker takes: the one whose audience and claims are configured here'),
  parameters: named(/^[A-Za-z][\w.-]{0,63}$/, parameterAllowed, text(valueAllowed, /^[^\p{C}]{1,512}$/u))
    .superRefine((parameters, context) => {
      for (const name of Object.keys(parameters).filter(isFlowParameter)) {
        context.addIssue({ code: 'custom', path: [name], message: flowParameterAllowed });
      }
    })
    .default({})
    .describe('More of the authorization request, such as audience (Auth0) or resource (RFC 8707)'),
  redirectUri: z
    .string({ error: redirectUriAllowed })
    .max(256, { error: redirectUriAllowed })
    .refine(isLoopbackRedirect, { error: redirectUriAllowed })
    .optional()
    .describe('Where the code comes back, as it is registered; http://127.0.0.1/callback by default'),
});

export type LoginDocument = z.output<typeof loginSchema>;
