import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import type { Caller, FederatedCaller, SessionCaller } from '../caller.ts';
import { toSecretAccessKey } from '../credentials.ts';
import type { Answer } from '../exchange.ts';
import type { FederationCall } from './federation.ts';
import { sealSignIn } from './sign-in-token.ts';

const sessionSchema = z.object({ sessionId: z.string(), sessionKey: z.string(), sessionToken: z.string() });

/** Temporary credentials for a token that stands for them in a link. */
export function getSignInToken(call: FederationCall): Answer {
  const { parameters, method, key, nowMs } = call;
  if (method !== 'GET' && method !== 'POST') throw badRequest('allowed: GET and POST');
  const caller = requireConsoleCaller(requireCaller(call));
  const durationSeconds = toDuration(parameters.get('SessionDuration'), caller);
  const { accessKeyId, accountId, arn } = caller;
  const expiresAtMs = caller.session.expiresAtSeconds * 1000;
  const duration = durationSeconds === undefined ? {} : { durationSeconds };
  const signIn = { accessKeyId, accountId, arn, issuedAtMs: nowMs, expiresAtMs, ...duration };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ SigninToken: sealSignIn(signIn, key) }),
  };
}

/** Nothing is signed: whoever sends the secret itself has it. */
function requireCaller({ parameters, identify, key }: FederationCall): Caller {
  const { sessionId, sessionKey, sessionToken } = parseSession(parameters.get('Session'));
  const secret = Buffer.from(toSecretAccessKey(sessionId, key));
  const presented = Buffer.from(sessionKey);
  if (presented.length !== secret.length || !timingSafeEqual(presented, secret)) throw invalidSession();
  try {
    return identify({ accessKeyId: sessionId, sessionToken });
  } catch (error) {
    if (error instanceof AwsError) throw invalidSession();
    throw error;
  }
}

function parseSession(text: string | undefined): z.output<typeof sessionSchema> {
  if (text === undefined) throw badRequest('Session is missing');
  try {
    return sessionSchema.parse(JSON.parse(text));
  } catch {
    throw badRequest('Session must be JSON with sessionId, sessionKey and sessionToken');
  }
}

/** Sessions of roles and of federated users, and no others: a user has a password, and a root task no console. */
function requireConsoleCaller(caller: Caller): SessionCaller | FederatedCaller {
  if (caller.type === 'session' || caller.type === 'federated-user') return caller;
  throw badRequest('allowed: credentials of AssumeRole… and GetFederationToken');
}

/** Where it isn't taken, the console session ends with the credentials. */
function toDuration(text: string | undefined, caller: SessionCaller | FederatedCaller): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds >= 900 && seconds <= 43_200))
    throw badRequest('SessionDuration must be 900 to 43200 seconds');
  if (caller.type === 'federated-user') {
    throw badRequest('SessionDuration must not be sent with credentials of GetFederationToken');
  }
  if (caller.session.chained === true) {
    throw badRequest('SessionDuration must not be sent with credentials of a chained role');
  }
  return seconds;
}

const invalidSession = (): AwsError => badRequest('the credentials in Session are not valid');
const badRequest = (message: string): AwsError => new AwsError('BadRequest', 400, message);
