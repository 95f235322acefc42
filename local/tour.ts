import { fileURLToPath } from 'node:url';
import { toDaypassFunction } from './daypass-function.ts';
import { demoClientSecret } from './identity-provider/demo-callers.ts';
import type { Local } from './start-local.ts';

/** Of `local/world.yaml`: AWS's documentation writes them, and they are good for nothing anywhere else. */
const operatorKeys = 'AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** Where everything listens. */
export function toBanner({ broker, aws, identityProvider }: Omit<Local, 'close'>): string {
  return `Daypass is running, with everything that it needs, on this machine alone:

  broker             ${broker}
  embedded AWS       ${aws}   (AWS_ENDPOINT_URL)
  identity provider  ${identityProvider}
`;
}

/** How the `daypass` command is had in another terminal (sh, bash or zsh), and what to do with it first. */
export function toIntroduction({ broker }: Pick<Local, 'broker'>): string {
  const script = fileURLToPath(new URL('../bin/daypass.ts', import.meta.url));
  return `At another terminal, the daypass command of this checkout, and a login (as sre, for example):

${toDaypassFunction(process.execPath, script)}
daypass login --broker ${broker} --issuer okta
daypass profiles
daypass exec prod-readonly -- env
`;
}

/**
 * Commands to paste into another terminal (sh, bash or zsh), one by one or all at once. The words between them are
 * echoed, because an interactive zsh knows no comments.
 */
export function toTour({ broker, aws, identityProvider }: Omit<Local, 'close'>): string {
  const token = (caller: string, issuer: string) =>
    `$(curl -sS -u ${caller}:${demoClientSecret} -d grant_type=client_credentials ${identityProvider}/${issuer}/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
  const show = `curl -sS -w '\\n'`;
  const credentials = (profile: string, format = '') =>
    `"${broker}/v1/profiles/${profile}/credentials${format}"`;
  return `echo "1. sre signs in: a token of the identity provider, for group sre and team payments, with MFA"
SRE="${token('sre', 'okta')}"

echo "2. sre asks for prod-readonly, and this shell takes the credentials"
eval "$(curl -fsS -X POST -H "Authorization: Bearer $SRE" ${credentials('prod-readonly', '?format=posix')})"
echo "$AWS_ACCESS_KEY_ID until $AWS_CREDENTIAL_EXPIRATION"

echo "3. the embedded AWS knows them: assumed-role, and a session name that holds the issuance id"
${show} --aws-sigv4 aws:amz:eu-west-1:sts --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "X-Amz-Security-Token: $AWS_SESSION_TOKEN" -d 'Action=GetCallerIdentity&Version=2011-06-15' ${aws}/
if command -v aws > /dev/null; then AWS_PAGER= aws sts get-caller-identity --region eu-west-1 --endpoint-url ${aws}; fi

echo "4. who had this access key, and why? the audit"
${show} -H "Authorization: Bearer $SRE" "${broker}/v1/issuances?accessKeyId=$AWS_ACCESS_KEY_ID"

echo "5. developer asks for prod-readonly too, and is refused"
DEVELOPER="${token('developer', 'okta')}"
${show} -X POST -H "Authorization: Bearer $DEVELOPER" ${credentials('prod-readonly')}

echo "6. team-data is for developer: the folder of its own team"
${show} -X POST -H "Authorization: Bearer $DEVELOPER" ${credentials('team-data')}

echo "7. operator has AWS keys already: a signature instead of a token, and no sign-in"
${show} --aws-sigv4 aws:amz:eu-west-1:execute-api --user ${operatorKeys} "${broker}/iam/v1/whoami"

echo "8. analyst signs in by SAML: an assertion of AD FS, for a token of the broker's own"
ANALYST="$(curl -sS "${identityProvider}/adfs/response?caller=analyst&url=${broker}" | curl -sS -H 'Accept: application/json' --data-urlencode SAMLResponse@- ${broker}/v1/saml/acs | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')"
${show} -H "Authorization: Bearer $ANALYST" "${broker}/v1/whoami"
`;
}
