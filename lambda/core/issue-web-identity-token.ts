import { askWithRoleSession } from './ask-with-role-session.ts';
import type { Profile } from './configuration.ts';
import { decideIssuance } from './decide-issuance.ts';
import type { Intent } from './issuance.ts';
import { createIssue, type Issued, type IssuePorts } from './issue.ts';
import { toDeniedMessage } from './issue-credentials.ts';
import { toContact } from './plan-session.ts';
import { planWebIdentityToken, type TokenWishes } from './plan-web-identity-token.ts';
import type { GivenWebIdentityToken, SecurityTokenService, WebIdentityTokenService } from './ports.ts';
import type { Principal, RequestOrigin } from './principal.ts';

export interface IssueWebIdentityTokenPorts extends IssuePorts {
  readonly sts: Pick<SecurityTokenService, 'assumeRole'>;
  readonly tokens: WebIdentityTokenService;
}

export interface IssueWebIdentityTokenRequest extends TokenWishes {
  readonly profile: string;
}

export type IssueWebIdentityToken = (
  principal: Principal,
  request: IssueWebIdentityTokenRequest,
  origin: RequestOrigin,
) => Promise<Issued<GivenWebIdentityToken> & { readonly intent: Intent }>;

/** Issues a token that AWS signs for the role of a profile (GetWebIdentityToken), to be shown outside of AWS. */
export function createIssueWebIdentityToken(ports: IssueWebIdentityTokenPorts): IssueWebIdentityToken {
  const { configuration, sts, tokens } = ports;
  const issue = createIssue(ports);

  return (principal, request, origin) => {
    const { profile: name, durationSeconds, reason } = request;
    const profile = configuration.profiles.get(name);
    return issue({
      principal,
      origin,
      asked: {
        profile: name,
        purpose: 'web-identity-token',
        ...(durationSeconds === undefined ? {} : { requestedDurationSeconds: durationSeconds }),
        ...(reason === undefined ? {} : { reason }),
      },
      decide: (context) => decideIssuance(profile, principal, context, withDefaultDuration(request, profile)),
      deniedMessage: toDeniedMessage(name),
      plan: (decision, attempt) => {
        const { intent, requests, token } = planWebIdentityToken(decision, attempt, request);
        return {
          intent,
          wanted: `a web identity token of profile ${name}`,
          contact: toContact(decision.profile),
          signedBy: 'broker',
          ask: () =>
            askWithRoleSession(
              {
                requests,
                name: 'GetWebIdentityToken',
                call: (credentials) => tokens.getWebIdentityToken(token, credentials),
              },
              sts,
            ),
        };
      },
    });
  };
}

/** To the profile's statements the duration is the token's. */
function withDefaultDuration(
  { durationSeconds, reason }: IssueWebIdentityTokenRequest,
  profile: Profile | undefined,
) {
  const settings = profile?.mechanism === 'assume-role' ? profile.webIdentityToken : undefined;
  const seconds = durationSeconds ?? settings?.duration.defaultSeconds;
  return {
    ...(seconds === undefined ? {} : { durationSeconds: seconds }),
    ...(reason === undefined ? {} : { reason }),
  };
}
