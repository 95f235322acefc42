import { type Configuration, toRoleArns, usesSaml } from '../configuration.ts';
import { toFederatorUserArn } from '../federator-user-arn.ts';
import { roleOwners, toRoleArn } from '../function-roles.ts';
import { parseSessionArn } from './session-name.ts';
import type { TrailEvent } from './trail-event.ts';

export interface BrokerIdentityOptions {
  readonly configuration: Pick<Configuration, 'deployment' | 'profiles' | 'sessionTokens'>;
  /** Of the broker as an OIDC issuer, where it is one. */
  readonly url?: string;
  /** Regions beside its own in which the same deployment runs. @default none */
  readonly otherRegions?: readonly string[];
}

/** Tells what is done with the broker's authority. */
export interface BrokerIdentity {
  /** Made by a role or the user of the broker. */
  isCaller(event: TrailEvent): boolean;
  /** Made by a token that the broker signed. */
  isToken(event: TrailEvent): boolean;
  /** Made by a role or the user of the broker, by a token of its own, or into one of its roles by anybody but Lambda. */
  isOurs(event: TrailEvent): boolean;
  /** Whether a profile names the role. */
  isProfileRole(roleArn: string): boolean;
  /** Whether callers may have made it by the broker without a name that says so: found by the key that was given. */
  isFoundByKey(event: TrailEvent): boolean;
}

export function createBrokerIdentity(options: BrokerIdentityOptions): BrokerIdentity {
  const { configuration, url, otherRegions = [] } = options;
  const { deployment, profiles, sessionTokens } = configuration;
  const deployments = [deployment.region, ...otherRegions].map((region) => ({ ...deployment, region }));
  const ownRoles = new Set(deployments.flatMap((each) => roleOwners.map((owner) => toRoleArn(each, owner))));
  // Even where no profile needs it any more: the user outlives its deployment.
  const federators = new Set(deployments.map(toFederatorUserArn));
  const ownRoleNames = new Set([...ownRoles].map((arn) => arn.slice(arn.lastIndexOf('/') + 1)));
  const profileRoles = new Set([...profiles.values()].flatMap(toRoleArns));
  const samlRoles = new Set(
    [...profiles.values()].flatMap((profile) => (profile.mechanism === 'saml' ? [profile.roleArn] : [])),
  );
  const hasSaml = usesSaml(configuration);
  const ownProvider = url?.replace(/^https:\/\//, '');

  const isOwnCaller = ({ caller }: TrailEvent): boolean => {
    const { arn = '', sessionIssuerArn = '' } = caller;
    // Itself: of a federated user the federator is the session issuer, and the session is its holder's.
    if (federators.has(arn)) return true;
    if (ownRoles.has(sessionIssuerArn)) return true;
    // Without the path, which a session's ARN does not have: for a record that leaves the issuer out.
    const session = parseSessionArn(arn);
    return (
      sessionIssuerArn === '' &&
      session?.accountId === deployment.accountId &&
      ownRoleNames.has(session.roleName)
    );
  };

  const isOwnToken = ({ caller: { identityProvider = '' } }: TrailEvent): boolean =>
    identityProvider.replace(/^arn:[^/]*:oidc-provider\//, '') === ownProvider;

  /** Lambda assumes each function's role by itself; nobody else should. */
  const isIntoOwnRole = ({ caller, requested }: TrailEvent): boolean =>
    ownRoles.has(requested?.roleArn ?? '') && caller.invokedBy !== 'lambda.amazonaws.com';

  return {
    isCaller: isOwnCaller,
    isToken: isOwnToken,
    isOurs: (event) => isOwnCaller(event) || isOwnToken(event) || isIntoOwnRole(event),
    isProfileRole: (roleArn) => profileRoles.has(roleArn),
    isFoundByKey: ({ eventName, requested, granted }) =>
      granted?.accessKeyId !== undefined &&
      ((eventName === 'GetSessionToken' && sessionTokens !== undefined) ||
        (eventName === 'AssumeRoleWithSAML' && hasSaml && samlRoles.has(requested?.roleArn ?? ''))),
  };
}
