import {
  AssumeRoleCommand,
  GetSessionTokenCommand,
  type GetSessionTokenCommandInput,
} from '@aws-sdk/client-sts';
import { toTotpCode, toTotpStep } from '../../../../local/aws/totp.ts';
import {
  aWorld,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';
import { toTestCredentials } from './a-federator.ts';

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
export const otherSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
export const SerialNumber = `arn:aws:iam::${home}:mfa/phone`;
const table = (name: string) => `arn:aws:dynamodb:eu-west-1:${home}:table/${name}`;
const whenMfa = (Condition: object, name: string) => ({
  Effect: 'Allow',
  Action: 'dynamodb:*',
  Resource: table(name),
  Condition,
});

/** May describe tables by what a policy sees of MFA: the table's name says what. */
export const owner = {
  accessKeyId: 'AKIAOWNER00000000001',
  secretAccessKey: 'o'.repeat(40),
  mfaDevices: [
    { serialNumber: SerialNumber, secret },
    { serialNumber: `arn:aws:iam::${home}:mfa/spare`, secret: otherSecret },
  ],
  policies: [
    policy(
      { Effect: 'Allow', Action: ['sts:AssumeRole', 'iam:*', 'sts:GetAccessKeyInfo'], Resource: '*' },
      // Even so: GetSessionToken needs no permission and heeds no policy.
      { Effect: 'Deny', Action: 'sts:GetSessionToken', Resource: '*' },
      { Effect: 'Allow', Action: 'dynamodb:*', Resource: table('any') },
      whenMfa({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, 'true'),
      whenMfa({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, 'false'),
      whenMfa({ Null: { 'aws:MultiFactorAuthPresent': 'true' } }, 'absent'),
      whenMfa({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }, 'if-exists'),
      whenMfa({ NumericLessThan: { 'aws:MultiFactorAuthAge': '60' } }, 'fresh'),
      whenMfa({ StringEquals: { 'aws:username': 'owner', 'aws:PrincipalType': 'User' } }, 'owner'),
      whenMfa({ Null: { 'aws:TokenIssueTime': 'false' } }, 'token'),
    ),
  ],
};
export const neighbour = {
  accessKeyId: 'AKIANEIGHBOUR0000001',
  secretAccessKey: 'n'.repeat(40),
  mfaDevices: [{ serialNumber: `arn:aws:iam::${home}:mfa/neighbour`, secret }],
};

const trusting = (Condition: object) =>
  policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${home}:user/owner` },
    Action: 'sts:AssumeRole',
    Condition,
  });
const roles = {
  Mfa: {
    trust: trusting({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    maxSessionDurationSeconds: 43_200,
    policies: [
      policy(
        whenMfa({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, 'true'),
        whenMfa({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, 'false'),
      ),
    ],
  },
  Fresh: { trust: trusting({ NumericLessThan: { 'aws:MultiFactorAuthAge': '60' } }) },
  Plain: { trust: trusting({}), maxSessionDurationSeconds: 43_200 },
};

export const wrongCode =
  'AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ';
export const wrongDevice =
  'AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user. ';

/** Milliseconds: signatures of the real time are good within fifteen minutes of the server's, either way. */
const earliestMs = -600_000;
const latestMs = 600_000;
const stepMs = 30_000;

/** The embedded AWS with a user who has MFA devices, and a clock that is moved by hand. */
export function createMfaAws() {
  let offsetMs = earliestMs;
  let aws: TestAws | undefined;
  const now = () => Date.now() + offsetMs;
  const running = (): TestAws => {
    if (aws === undefined) throw new TypeError('not started');
    return aws;
  };
  const code = (steps = 0, of = secret) => toTotpCode(of, toTotpStep(now()) + steps);
  const get = (input: GetSessionTokenCommandInput = {}, as: TestCredentials = owner) =>
    running().sts(as).send(new GetSessionTokenCommand(input));
  const session = async (input: GetSessionTokenCommandInput = {}) => toTestCredentials(await get(input));
  const stop = async () => {
    await aws?.stop();
    aws = undefined;
  };
  return {
    aws: running,
    now,
    /** What the device shows, some steps from now. */
    code,
    get,
    session,
    withMfa: () => session({ SerialNumber, TokenCode: code() }),
    attempt: (input: GetSessionTokenCommandInput, as?: TestCredentials) => outcome(get(input, as)),
    assume: (credentials: TestCredentials, role: keyof typeof roles, more = {}) =>
      outcome(
        running()
          .sts(credentials)
          .send(
            new AssumeRoleCommand({
              RoleArn: `arn:aws:iam::${home}:role/${role}`,
              RoleSessionName: 'session',
              ...more,
            }),
          ),
      ),
    moveClock: (milliseconds: number) => {
      offsetMs += milliseconds;
    },
    /** To the middle of a step whose codes nobody has used yet; with a new server once the clock is too far ahead. */
    toNextCode: async () => {
      if (offsetMs > latestMs) {
        await stop();
        offsetMs = earliestMs;
      }
      aws ??= await startTestAws(aWorld({ [home]: { users: { owner, neighbour }, roles } }), { now });
      offsetMs += 3 * stepMs - ((now() + stepMs / 2) % stepMs);
    },
    restart: async () => {
      aws = await running().restart();
    },
    stop,
  };
}
