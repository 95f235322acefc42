import { ConsoleUnavailableError } from './errors.ts';
import type { IssuancePurpose } from './issuance.ts';
import type { Issued } from './issue.ts';
import type { IssueCredentialsRequest } from './issue-credentials.ts';
import type { ConsoleFederation, GivenSession } from './ports.ts';
import type { Principal, RequestOrigin } from './principal.ts';

export interface OpenConsolePorts<Request> {
  /** Of profiles, or of integrations. */
  readonly issueCredentials: (
    principal: Principal,
    request: Request & { readonly purpose: IssuancePurpose },
    origin: RequestOrigin,
  ) => Promise<Issued<GivenSession>>;
  readonly federation: ConsoleFederation;
  /** Of the federation endpoint, which the link leads to. */
  readonly federationUrl: string;
  /** The broker's own: where the console sends people whose session has ended. */
  readonly url: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What would be asked for the credentials, and where they lead. */
export type OpenConsoleRequest<Request = Omit<IssueCredentialsRequest, 'purpose'>> = Request & {
  /** A page of the console, as `isConsoleDestination` takes it. */
  readonly destination: string;
};

/** `signinUrl` signs in whoever opens it: it belongs into the answer's body, and nowhere else. */
export interface ConsoleLink extends Pick<Issued<GivenSession>, 'intent'> {
  readonly signinUrl: string;
  /** Until when the link can be opened. */
  readonly linkExpiration: Date;
  /** When the console session ends, with the credentials. */
  readonly sessionExpiration: Date;
  readonly packedPolicySize?: number;
}

export type OpenConsole<Request = Omit<IssueCredentialsRequest, 'purpose'>> = (
  principal: Principal,
  request: OpenConsoleRequest<Request>,
  origin: RequestOrigin,
) => Promise<ConsoleLink>;

/** How long a link is good for. Source: IAM guide, "Enable custom identity broker access to the AWS console". */
const linkMs = 15 * 60_000;

/**
 * Issues as for credentials, and gives a link in their place: the credentials go to the federation endpoint and to
 * nobody else.
 *
 * @throws ConsoleUnavailableError when that gives no sign-in token: the row says ISSUED then, as STS did
 */
export function createOpenConsole<Request>(ports: OpenConsolePorts<Request>): OpenConsole<Request> {
  const { issueCredentials, federation, now } = ports;

  return async (principal, request, origin) => {
    const { intent, answer } = await issueCredentials(principal, { ...request, purpose: 'console' }, origin);
    const { credentials, packedPolicySize } = answer;
    const askedMs = now();
    const signin = await federation.getSigninToken(credentials);
    if (signin.state === 'FAILED') throw toUnavailable(intent.id, credentials.expiration, signin.detail);
    return {
      intent,
      signinUrl: toSigninUrl(ports, request.destination, signin.signinToken),
      linkExpiration: new Date(Math.min(askedMs + linkMs, credentials.expiration.getTime())),
      sessionExpiration: credentials.expiration,
      ...(packedPolicySize === undefined ? {} : { packedPolicySize }),
    };
  };
}

function toSigninUrl(
  { federationUrl, url }: Pick<OpenConsolePorts<never>, 'federationUrl' | 'url'>,
  destination: string,
  signinToken: string,
): string {
  const parameters = { Action: 'login', Issuer: url, Destination: destination, SigninToken: signinToken };
  return `${federationUrl}?${new URLSearchParams(parameters)}`;
}

const toUnavailable = (issuanceId: string, expiration: Date, detail: string) =>
  new ConsoleUnavailableError(
    `the AWS console gave no sign-in token; a session exists until ${expiration.toISOString()} and nobody holds it, and a repeat is a new issuance`,
    { detail, extensions: { issuanceId }, retryAfterSeconds: 5 },
  );
