import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type IamRefusal, IdentityRefusedError } from '../../../lambda/core/authentication-errors.ts';
import { type IamIdentity, toIamPrincipal } from '../../../lambda/core/to-iam-principal.ts';
import { admitting, anIamIssuer } from '../../support/issuers.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

const roleId = 'AROA3XFRBF535PLBIFPI4';
const userId = 'AIDA3XFRBF535PLBIFPI4';

/** A session of a role, by the ARN that API Gateway shows. */
const aSession = (role: string, session = 'build-17', accountId = '222222222222'): IamIdentity => ({
  userArn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`,
  caller: `${roleId}:${session}`,
  accountId,
  principalOrgId: 'o-exampleorg1',
});

const anIdentity = (userArn: string, caller = userId): IamIdentity => ({
  userArn,
  caller,
  accountId: '222222222222',
});

function refusalOf(identity: IamIdentity, issuer = anIamIssuer()): IamRefusal | 'accepted' {
  try {
    toIamPrincipal(identity, issuer, nowMs);
    return 'accepted';
  } catch (error) {
    if (error instanceof IdentityRefusedError) return error.reason;
    throw error;
  }
}

describe('toIamPrincipal', () => {
  it('gives the role for a session, and shows the name that its holder chose as that', () => {
    expect(toIamPrincipal(aSession('Deploy'), anIamIssuer(), nowMs + 999)).toEqual({
      issuer: 'aws',
      subject: 'arn:aws:iam::222222222222:role/Deploy',
      claims: { principalType: 'AssumedRole', sessionName: 'build-17' },
      selfAsserted: ['sessionName'],
      mfa: false,
      expiresAt: nowSeconds + 300,
      aws: { accountId: '222222222222', organizationId: 'o-exampleorg1' },
    });
  });

  it('says by which key the call was signed, where API Gateway does', () => {
    const accessKeyId = 'AKIAI44QH8DHBEXAMPLE';

    expect(toIamPrincipal({ ...aSession('Deploy'), accessKeyId }, anIamIssuer(), nowMs).aws).toMatchObject({
      accessKeyId,
    });
    expect(toIamPrincipal(aSession('Deploy'), anIamIssuer(), nowMs).aws).not.toHaveProperty('accessKeyId');
  });

  it.each([
    [
      'a user',
      anIdentity('arn:aws:iam::222222222222:user/alice'),
      'User',
      'arn:aws:iam::222222222222:user/alice',
    ],
    [
      'a user with a path',
      anIdentity('arn:aws:iam::222222222222:user/teams/web!*/alice+x=y,z.@-'),
      'User',
      'arn:aws:iam::222222222222:user/teams/web!*/alice+x=y,z.@-',
    ],
    [
      'a user whose path looks like a role’s',
      anIdentity('arn:aws:iam::222222222222:user/role/Deploy'),
      'User',
      'arn:aws:iam::222222222222:user/role/Deploy',
    ],
    [
      'a role',
      anIdentity('arn:aws:iam::222222222222:role/daypass/Deploy', roleId),
      'Role',
      'arn:aws:iam::222222222222:role/daypass/Deploy',
    ],
    ['a session', aSession('Deploy', 'a'.repeat(64)), 'AssumedRole', 'arn:aws:iam::222222222222:role/Deploy'],
    [
      'a session whose name has every character that STS takes',
      aSession('Deploy', 'A_z0+=,.@-'),
      'AssumedRole',
      'arn:aws:iam::222222222222:role/Deploy',
    ],
    [
      'a service’s own role',
      aSession('AWSServiceRoleForAutoScaling', 'AutoScaling'),
      'AssumedRole',
      'arn:aws:iam::222222222222:role/AWSServiceRoleForAutoScaling',
    ],
    [
      'an instance, whose session is named after it',
      aSession('web', 'i-0123456789abcdef0'),
      'AssumedRole',
      'arn:aws:iam::222222222222:role/web',
    ],
    [
      'a federated user, of whose ARN the name is a part',
      anIdentity('arn:aws:sts::222222222222:federated-user/bob@example', '222222222222:bob@example'),
      'FederatedUser',
      'arn:aws:sts::222222222222:federated-user/bob@example',
    ],
  ])('names %s by its ARN', (_what, identity, principalType, subject) => {
    const principal = toIamPrincipal(identity, anIamIssuer(), nowMs);

    expect(principal).toMatchObject({ subject, claims: { principalType }, mfa: false });
    expect(principal).not.toHaveProperty('proofId');
    expect(principal).not.toHaveProperty('issuedAt');
    expect(principal).not.toHaveProperty('authTime');
  });

  it('gives every session of one role one subject, whatever its holder calls it', () => {
    const subjects = ['alice', 'bob', 'arn', 'role', 'root'].map(
      (session) => toIamPrincipal(aSession('Deploy', session), anIamIssuer(), nowMs).subject,
    );

    expect(new Set(subjects)).toEqual(new Set(['arn:aws:iam::222222222222:role/Deploy']));
  });

  it('takes the identity of its own partition', () => {
    const identity = {
      ...aSession('Deploy'),
      userArn: 'arn:aws-cn:sts::222222222222:assumed-role/Deploy/build-17',
    };

    expect(toIamPrincipal(identity, anIamIssuer({ partition: 'aws-cn' }), nowMs).subject).toBe(
      'arn:aws-cn:iam::222222222222:role/Deploy',
    );
  });

  it('refuses the root user, of a listed account too', () => {
    expect(refusalOf(anIdentity('arn:aws:iam::222222222222:root', '222222222222'))).toBe('root-user');
  });

  const session = 'assumed-role/Deploy/build-17';

  it.each([
    ['nothing', ''],
    ['text', 'alice'],
    ['an account', '222222222222'],
    ['another service', `arn:aws:s3::222222222222:${session}`],
    ['a user of STS', 'arn:aws:sts::222222222222:user/alice'],
    ['a role of STS', 'arn:aws:sts::222222222222:role/Deploy'],
    ['an assumed role of IAM', `arn:aws:iam::222222222222:${session}`],
    ['a federated user of IAM', 'arn:aws:iam::222222222222:federated-user/bob'],
    ['a region', `arn:aws:sts:eu-west-1:222222222222:${session}`],
    ['no account', `arn:aws:sts:::${session}`],
    ['an account of 11 digits', `arn:aws:sts::22222222222:${session}`],
    ['an account of 13 digits', `arn:aws:sts::2222222222222:${session}`],
    ['full-width digits', `arn:aws:sts::２２２２２２２２２２２２:${session}`],
    ['no partition', `arn::sts::222222222222:${session}`],
    ['another partition', `arn:aws-cn:sts::222222222222:${session}`],
    ['the sovereign partition', `arn:aws-us-gov:sts::222222222222:${session}`],
    ['a partition that begins like ours', `arn:aws-x:sts::222222222222:${session}`],
    ['no session', 'arn:aws:sts::222222222222:assumed-role/Deploy'],
    ['an empty session', 'arn:aws:sts::222222222222:assumed-role/Deploy/'],
    [
      'a path, which assumed roles do not show',
      'arn:aws:sts::222222222222:assumed-role/daypass/Deploy/build-17',
    ],
    ['a colon in the session', 'arn:aws:sts::222222222222:assumed-role/Deploy/build:17'],
    ['a session of 65 characters', `arn:aws:sts::222222222222:assumed-role/Deploy/${'a'.repeat(65)}`],
    ['a role of 65 characters', `arn:aws:sts::222222222222:assumed-role/${'a'.repeat(65)}/build-17`],
    ['an empty role', 'arn:aws:sts::222222222222:assumed-role//build-17'],
    ['a wildcard for a role', 'arn:aws:sts::222222222222:assumed-role/*/build-17'],
    ['a variable for a role', 'arn:aws:sts::222222222222:assumed-role/${x}/build-17'],
    ['a user without a name', 'arn:aws:iam::222222222222:user/'],
    ['a user of a path alone', 'arn:aws:iam::222222222222:user/teams/'],
    ['an empty path segment', 'arn:aws:iam::222222222222:user//alice'],
    ['a user with a space', 'arn:aws:iam::222222222222:user/al ice'],
    ['a user with an accent', 'arn:aws:iam::222222222222:user/alicé'],
    ['a trailing line', 'arn:aws:iam::222222222222:user/alice\n'],
    ['a leading line', '\narn:aws:iam::222222222222:user/alice'],
    ['another scheme in upper case', 'ARN:aws:iam::222222222222:user/alice'],
    ['a group', 'arn:aws:iam::222222222222:group/admins'],
    ['an instance profile', 'arn:aws:iam::222222222222:instance-profile/web'],
    ['a provider', 'arn:aws:iam::222222222222:saml-provider/okta'],
    ['an assumed root', 'arn:aws:sts::222222222222:assumed-root'],
    ['root with a name', 'arn:aws:iam::222222222222:root/alice'],
    ['a user with a path that is too long', `arn:aws:iam::222222222222:user/${'a'.repeat(2000)}/alice`],
    ['endless segments', `arn:aws:iam::222222222222:user/${'a/'.repeat(100_000)}!`],
  ])('refuses an ARN with %s', (_what, userArn) => {
    const caller = userArn.includes('sts') ? `${roleId}:build-17` : userId;

    expect(refusalOf(anIdentity(userArn, caller))).toBe('malformed-identity');
  });

  it.each([
    ['of another session', aSession('Deploy').userArn, `${roleId}:build-18`],
    ['of a session that ends alike', aSession('Deploy').userArn, `${roleId}:xbuild-17`],
    ['of a session behind a colon', aSession('Deploy').userArn, `${roleId}:x:build-17`],
    ['without the session', aSession('Deploy').userArn, roleId],
    ['without an id', aSession('Deploy').userArn, ':build-17'],
    ['that is empty', aSession('Deploy').userArn, ''],
    ['with a line', aSession('Deploy').userArn, `${roleId}:build-17\n`],
    ['of a session for a user', 'arn:aws:iam::222222222222:user/alice', `${roleId}:alice`],
    ['that is empty for a user', 'arn:aws:iam::222222222222:user/alice', ''],
    ['of another federated user', 'arn:aws:sts::222222222222:federated-user/bob', '222222222222:eve'],
  ])('refuses a caller %s', (_what, userArn, caller) => {
    expect(refusalOf(anIdentity(userArn, caller))).toBe('malformed-identity');
  });

  it('never fails but with its own error, and never takes an ARN for another than it is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.stringMatching(/^arn:aws:(iam|sts)::\d{12}:(user|role|assumed-role|federated-user)\/[ -~]{0,40}$/),
    );
    fc.assert(
      fc.property(text, fc.string(), (userArn, caller) => {
        const accountId = userArn.split(':')[4] ?? '';
        const issuer = anIamIssuer({ accounts: [accountId] });
        try {
          const { subject } = toIamPrincipal({ userArn, caller, accountId }, issuer, nowMs);

          expect(subject.split(':').slice(0, 5)).toEqual(
            userArn.includes(':assumed-role/')
              ? ['arn', 'aws', 'iam', '', accountId]
              : userArn.split(':').slice(0, 5),
          );
        } catch (error) {
          if (!(error instanceof IdentityRefusedError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the limits of an iam issuer', () => {
  it('are by account, and not by role name (CVE-2025-11621)', () => {
    const issuer = anIamIssuer({ accounts: ['222222222222', '333333333333'] });

    const subjects = ['222222222222', '333333333333'].map(
      (accountId) => toIamPrincipal(aSession('Deploy', 'build-17', accountId), issuer, nowMs).subject,
    );

    expect(subjects).toEqual([
      'arn:aws:iam::222222222222:role/Deploy',
      'arn:aws:iam::333333333333:role/Deploy',
    ]);
    expect(refusalOf(aSession('Deploy', 'build-17', '444444444444'), issuer)).toBe('account');
    expect(refusalOf(aSession('Deploy'), issuer)).toBe('accepted');
  });

  it('refuse an identity whose ARN is of a listed account, and whose account is not', () => {
    expect(refusalOf({ ...aSession('Deploy'), accountId: '444444444444' })).toBe('malformed-identity');
  });

  it('refuse an identity whose account is listed, and whose ARN is of another', () => {
    const identity = { ...aSession('Deploy', 'build-17', '444444444444'), accountId: '222222222222' };

    expect(refusalOf(identity)).toBe('malformed-identity');
  });

  it.each([
    ['the organization', 'o-exampleorg1', 'accepted'],
    ['another', 'o-exampleorg2', 'organization'],
    ['one that begins alike', 'o-exampleorg10', 'organization'],
    ['another case', 'O-EXAMPLEORG1', 'organization'],
    ['an empty one', '', 'organization'],
    ['none', undefined, 'organization'],
  ])('ask for the organization where one is configured: of %s', (_what, principalOrgId, expected) => {
    const { principalOrgId: _left, ...identity } = aSession('Deploy');
    const { accounts, ...anywhere } = anIamIssuer({ organizationId: 'o-exampleorg1' });

    expect(
      refusalOf({ ...identity, ...(principalOrgId === undefined ? {} : { principalOrgId }) }, anywhere),
    ).toBe(expected);
  });

  it('must both hold where both are configured', () => {
    const issuer = anIamIssuer({ organizationId: 'o-exampleorg1' });

    expect(refusalOf(aSession('Deploy'), issuer)).toBe('accepted');
    expect(refusalOf({ ...aSession('Deploy'), principalOrgId: 'o-exampleorg2' }, issuer)).toBe(
      'organization',
    );
    expect(refusalOf(aSession('Deploy', 'build-17', '444444444444'), issuer)).toBe('account');
  });

  it('refuse a session of a Cognito identity pool: one role is every user and guest of it', () => {
    const identity = aSession('Cognito_appAuth_Role', 'CognitoIdentityCredentials');

    expect(refusalOf({ ...identity, cognitoIdentityId: 'eu-west-1:0123' })).toBe('not-admitted');
  });

  it('admit whom the statements admit, by keys that AWS vouches for', () => {
    const issuer = anIamIssuer({
      admit: admitting(
        { Effect: 'Allow', Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Deploy*' } } },
        { Effect: 'Deny', Condition: { StringEquals: { 'claims:principalType': 'User' } } },
      ),
    });

    expect(refusalOf(aSession('Deploy'), issuer)).toBe('accepted');
    expect(refusalOf(aSession('Other'), issuer)).toBe('not-admitted');
    expect(refusalOf(anIdentity('arn:aws:iam::222222222222:user/Deploy'), issuer)).toBe('not-admitted');
  });

  it('admit nobody by a name that the caller chose', () => {
    const issuer = anIamIssuer({
      admit: admitting({ Effect: 'Allow', Condition: { StringEquals: { 'claims:sessionName': 'alice' } } }),
    });

    expect(refusalOf(aSession('Deploy', 'alice'), issuer)).toBe('not-admitted');
  });
});

describe('IAM Identity Center', () => {
  const reserved = 'AWSReservedSSO_PowerUser_0123456789abcdef';
  const listed = anIamIssuer({ identityCenterAccounts: ['222222222222'] });

  it.each(['alice@example.com', 'alice', 'al+ice=x,y.z_-'])(
    'gives permission set and user (%s) in an account that is listed',
    (user) => {
      expect(toIamPrincipal(aSession(reserved, user), listed, nowMs)).toMatchObject({
        subject: `arn:aws:iam::222222222222:role/${reserved}`,
        claims: { principalType: 'AssumedRole', permissionSet: 'PowerUser', user, sessionName: user },
        selfAsserted: ['sessionName'],
        mfa: false,
      });
    },
  );

  it.each(['A', 'AWSReservedSSO_A', 'a_b_c', 'x'.repeat(32), 'a+b=c,d.e@f-g'])(
    'reads the permission set %s',
    (permissionSet) => {
      const role = `AWSReservedSSO_${permissionSet}_0123456789abcdef`.slice(0, 64);

      expect(toIamPrincipal(aSession(role), listed, nowMs).claims).toMatchObject({ permissionSet });
    },
  );

  it.each([
    ['in lower case', 'awsreservedsso_PowerUser_0123456789abcdef'],
    ['with another prefix', 'XAWSReservedSSO_PowerUser_0123456789abcdef'],
    ['with another separator', 'AWSReservedSSO-PowerUser_0123456789abcdef'],
    ['of 15 digits', 'AWSReservedSSO_PowerUser_0123456789abcde'],
    ['of 17 digits', 'AWSReservedSSO_PowerUser0123456789abcdef0'],
    ['of digits in upper case', 'AWSReservedSSO_PowerUser_0123456789ABCDEF'],
    ['of no hexadecimal digits', 'AWSReservedSSO_PowerUser_0123456789abcdeg'],
    ['without a permission set', 'AWSReservedSSO__0123456789abcdef'],
    ['with something behind it', 'AWSReservedSSO_PowerUser_0123456789abcdef-2'],
  ])('is not seen in a role %s', (_what, role) => {
    const { claims } = toIamPrincipal(aSession(role, 'alice@example.com'), listed, nowMs);

    expect(claims).toEqual({ principalType: 'AssumedRole', sessionName: 'alice@example.com' });
  });

  it('is not believed in an account that is not listed', () => {
    const issuer = anIamIssuer({
      accounts: ['222222222222', '333333333333'],
      identityCenterAccounts: ['333333333333'],
      mfa: { permissionSets: ['PowerUser'], profiles: [] },
    });

    const { claims, mfa } = toIamPrincipal(aSession(reserved, 'alice@example.com'), issuer, nowMs);

    expect(claims).toEqual({ principalType: 'AssumedRole', sessionName: 'alice@example.com' });
    expect(mfa).toBe(false);
  });

  it('is not seen in a user or a federated user of such a name', () => {
    const user = toIamPrincipal(anIdentity(`arn:aws:iam::222222222222:user/${reserved}`), listed, nowMs);
    const role = toIamPrincipal(
      anIdentity(`arn:aws:iam::222222222222:role/${reserved}`, roleId),
      listed,
      nowMs,
    );

    expect(user.claims).toEqual({ principalType: 'User' });
    expect(role.claims).toEqual({ principalType: 'Role' });
  });

  it.each([
    ['is listed', ['PowerUser'], true],
    ['is not listed', ['Admin'], false],
    ['differs in case', ['poweruser'], false],
    ['begins alike', ['Power', 'PowerUser2'], false],
    ['is not, but the user is', ['alice@example.com'], false],
  ])('vouches for several factors where the permission set %s', (_what, permissionSets, mfa) => {
    const issuer = { ...listed, mfa: { permissionSets, profiles: [] } };

    expect(toIamPrincipal(aSession(reserved, 'alice@example.com'), issuer, nowMs).mfa).toBe(mfa);
  });

  it('takes profiles whose paths ask for MFA for no factor of the caller’s own', () => {
    const issuer = { ...listed, mfa: { permissionSets: [], profiles: ['prod-readonly'] } };

    expect(toIamPrincipal(aSession(reserved), issuer, nowMs).mfa).toBe(false);
  });
});
