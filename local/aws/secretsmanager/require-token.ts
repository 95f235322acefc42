import { AwsError } from '../aws-error.ts';

/** SDKs make one up; whoever sends the request by hand has to. @throws AwsError InvalidRequestException */
export function requireToken(token: string | undefined): string {
  if (token !== undefined) return token;
  throw new AwsError(
    'InvalidRequestException',
    400,
    'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
  );
}
