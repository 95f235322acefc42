import type { Faults } from '../../faults.ts';
import type { World } from '../../world.ts';
import type { IdentifySession } from '../authenticate.ts';
import { AwsError } from '../aws-error.ts';
import type { DataKey } from '../data-key.ts';
import type { Answer, AwsRequest, Outcome } from '../exchange.ts';
import type { ExpiredCredentials } from '../expired-credentials.ts';
import { meetFault } from '../fault-outcome.ts';
import { getSignInToken } from './get-sign-in-token.ts';
import { login } from './login.ts';
import { toPage } from './page.ts';
import { type FederationParameters, parseFederationParameters } from './parameters.ts';

export interface FederationOptions {
  readonly world: World;
  readonly key: DataKey;
  readonly expired: ExpiredCredentials;
  readonly identify: IdentifySession;
  readonly faults: Faults;
  readonly now: () => number;
  readonly closing: AbortSignal;
}

export interface FederationCall extends FederationOptions {
  readonly method: string;
  readonly parameters: FederationParameters;
  readonly nowMs: number;
}

/** AWS has it at `https://{region}.signin.aws.amazon.com/federation`. */
export const federationPath = '/federation';

const actions: Readonly<Record<string, (call: FederationCall) => Answer>> = {
  getSigninToken: getSignInToken,
  login,
};

/**
 * The console's federation endpoint. It needs no signature: the credentials, and later the token, are in the request.
 * What it refuses it answers with 400 and a page for a person.
 */
export function createFederation(options: FederationOptions): (request: AwsRequest) => Promise<Outcome> {
  return async (request) => {
    try {
      const parameters = parseFederationParameters(request);
      const name = parameters.get('Action') ?? '';
      const act = Object.hasOwn(actions, name) ? actions[name] : undefined;
      if (act === undefined) throw badRequest('Action must be getSigninToken or login');
      return await meetFault(options.faults.take('signin', name), {
        process: async () =>
          answerErrors(() => act({ ...options, method: request.method, parameters, nowMs: options.now() })),
        refuse: (kind) => toPage(faultStatuses[kind] ?? 500, 'The request could not be processed'),
        garbage: '{"SigninToken":"',
        contentType: 'application/json',
        closing: options.closing,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { kind: 'answer', answer: toPage(error.status, error.message) };
    }
  };
}

const faultStatuses: Readonly<Record<string, number>> = { throttle: 429, accessdenied: 403 };

function answerErrors(act: () => Answer): Answer {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return toPage(error.status, error.message);
  }
}

const badRequest = (message: string): AwsError => new AwsError('BadRequest', 400, message);
