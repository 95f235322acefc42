import { aConfigurationDocument, aProfileDocument } from './a-configuration.ts';

export type Json = Readonly<Record<string, unknown>>;

const trust = [{ Effect: 'Allow', Principal: { Federated: 'okta' } }];
const { okta } = aConfigurationDocument().issuers;
const claims = { team: { claim: '/team', type: 'string' }, groups: { claim: '/groups', type: 'list' } };
const issuers = { okta: { ...okta, claims }, aws: { type: 'iam', accounts: ['222222222222'] } };

const ofProfile = (keys: Json): Json => ({ issuers, profiles: { p: aProfileDocument(keys) } });
const ofOkta = (keys: Json): Json => ({
  issuers: { ...issuers, okta: { ...okta, claims, ...keys } },
  profiles: { p: aProfileDocument() },
});
const ofAws = (keys: Json): Json => ({
  issuers: { ...issuers, aws: { type: 'iam', ...keys } },
  profiles: { p: aProfileDocument() },
});
const ofSections = (sections: Json): Json => ({ ...ofProfile({}), ...sections });

const role = (name: string) => `arn:aws:iam::222222222222:role/daypass/${name}`;
const policy = (...statements: readonly Json[]) => ({ Version: '2012-10-17', Statement: statements });
const get = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/${claims:team}/*' };
const readOnly = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
const login = (keys: Json = {}) => ({ login: { clientId: 'cli', scopes: ['openid'], ...keys } });
const center = { identityCenter: { accounts: ['222222222222'] } };
const tokens = (keys: Json = {}) => ({ webIdentityToken: { audiences: ['https://a.example'], ...keys } });

/** Two versions, and what is said of the second: `+` grants, `-` takes away, `~` changes. */
export interface ConfigurationChangeRow {
  readonly what: string;
  readonly before: Json;
  readonly after: Json;
  readonly said: readonly string[];
}

const row = (
  what: string,
  before: Json,
  after: Json,
  ...said: readonly string[]
): ConfigurationChangeRow => ({
  what,
  before,
  after,
  said,
});
const profileRow = (what: string, before: Json, after: Json, ...said: readonly string[]) =>
  row(what, ofProfile(before), ofProfile(after), ...said.map((one) => one.replace(' ', ' profile p: ')));
const oktaRow = (what: string, before: Json, after: Json, ...said: readonly string[]) =>
  row(what, ofOkta(before), ofOkta(after), ...said.map((one) => one.replace(' ', ' issuer okta: ')));
const awsRow = (what: string, before: Json, after: Json, ...said: readonly string[]) =>
  row(what, ofAws(before), ofAws(after), ...said.map((one) => one.replace(' ', ' issuer aws: ')));

export const configurationChangeRows: readonly ConfigurationChangeRow[] = [
  row(
    'a new profile',
    ofProfile({}),
    {
      issuers,
      profiles: {
        p: aProfileDocument(),
        q: aProfileDocument({
          roleArn: role('Deploy'),
          trust: [
            ...trust,
            {
              Sid: 'Never',
              Effect: 'Deny',
              Principal: '*',
              Condition: { Bool: { 'daypass:MultiFactorAuthPresent': 'false' } },
            },
          ],
        }),
      },
    },
    `+ profile q: new: by assume-role, ${role('Deploy')}, for up to 3600 s`,
    '+ profile q: statement: Allow okta',
    '~ profile q: statement Never: Deny everybody where daypass:MultiFactorAuthPresent is false',
  ),
  profileRow(
    'another role',
    { roleArn: role('A') },
    { roleArn: role('B') },
    `+ the role ${role('B')}`,
    `- the role ${role('A')}`,
  ),
  profileRow(
    'a longer session',
    { duration: { maxSeconds: 900 } },
    { duration: { maxSeconds: 3600 } },
    '+ sessions last up to 3600 s, instead of 900 s',
  ),
  profileRow(
    'another default',
    { duration: { defaultSeconds: 900 } },
    { duration: { defaultSeconds: 1000 } },
    '~ sessions last, where nothing is asked for, 1000 s, instead of 900 s',
  ),
  profileRow('the console', {}, { console: true }, '+ links into the console'),
  profileRow('a reason', {}, { reasonRequired: true }, '- a reason has to be given'),
  profileRow(
    'a statement of the trust',
    { trust },
    { trust: [...trust, { Sid: 'Aws', Effect: 'Allow', Principal: { Federated: 'aws' } }] },
    '+ new statement Aws: Allow aws',
  ),
  profileRow('a role on the way', {}, { via: [role('Hub')] }, `~ on the way: no role; now ${role('Hub')}`),
  profileRow(
    'an ExternalId, whose value is not shown',
    { externalId: 'one-external-id' },
    { externalId: 'two-external-id' },
    '~ another ExternalId',
  ),
  profileRow(
    'an ExternalId at all',
    {},
    { externalId: 'one-external-id' },
    '~ the role is asked with an ExternalId',
  ),
  profileRow(
    'a session tag',
    {},
    { sessionTags: { Team: '${claims:team}' } },
    '~ session tag Team: ${claims:team}',
  ),
  profileRow(
    'another value of a tag',
    { sessionTags: { Team: '${claims:team}' } },
    { sessionTags: { Team: 'x-${claims:team}' } },
    '~ session tag Team: ${claims:team} → x-${claims:team}',
  ),
  profileRow(
    'a tag that callers set',
    {},
    { acceptedTagKeys: ['Purpose'] },
    '+ callers may set the session tag Purpose',
  ),
  profileRow(
    'a transitive tag',
    { sessionTags: { Team: 'x' } },
    { sessionTags: { Team: 'x' }, transitiveTagKeys: ['Team'] },
    '~ passed on to further sessions: the tag Team',
  ),
  profileRow(
    'a session policy',
    {},
    { sessionPolicy: policy(get) },
    '- sessions are narrowed by a session policy',
  ),
  profileRow(
    'a managed policy',
    {},
    { managedPolicyArns: [readOnly] },
    `- sessions are narrowed by ${readOnly}`,
  ),
  profileRow(
    'a wider session policy',
    { sessionPolicy: policy(get) },
    { sessionPolicy: policy({ ...get, Action: ['s3:GetObject', 's3:PutObject'] }) },
    '+ session policy: statement allows more: Allow s3:GetObject, s3:PutObject on arn:aws:s3:::a/${claims:team}/*; it was: Allow s3:GetObject on arn:aws:s3:::a/${claims:team}/*',
  ),
  profileRow(
    'a Deny in a session policy',
    { sessionPolicy: policy(get) },
    { sessionPolicy: policy(get, { Effect: 'Deny', Action: 'iam:*', Resource: '*' }) },
    '- session policy: new statement: Deny iam:* on *',
  ),
  profileRow(
    'a session policy beside a managed one, of which STS takes the union',
    { managedPolicyArns: [readOnly] },
    { managedPolicyArns: [readOnly], sessionPolicy: policy(get) },
    '+ session policy: new statement: Allow s3:GetObject on arn:aws:s3:::a/${claims:team}/*',
  ),
  profileRow(
    'a managed policy beside another',
    { managedPolicyArns: [readOnly] },
    { managedPolicyArns: [readOnly, `${readOnly}2`] },
    `+ sessions have what is allowed by ${readOnly}2`,
    `~ sessions have nothing of what is denied by ${readOnly}2`,
  ),
  profileRow(
    'a managed policy in the place of a session policy, which may allow all that one did',
    { sessionPolicy: policy(get) },
    { managedPolicyArns: [administrator] },
    '~ session policy: statement is gone: Allow s3:GetObject on arn:aws:s3:::a/${claims:team}/*',
    `+ sessions have what is allowed by ${administrator}`,
    `~ sessions have nothing of what is denied by ${administrator}`,
  ),
  profileRow(
    'a managed policy beside a session policy that allows more as well',
    { sessionPolicy: policy(get) },
    { sessionPolicy: policy({ ...get, Action: 's3:*' }), managedPolicyArns: [administrator] },
    '+ session policy: statement allows more: Allow s3:* on arn:aws:s3:::a/${claims:team}/*; it was: Allow s3:GetObject on arn:aws:s3:::a/${claims:team}/*',
    `+ sessions have what is allowed by ${administrator}`,
    `~ sessions have nothing of what is denied by ${administrator}`,
  ),
  profileRow(
    'a managed policy in the place of another',
    { managedPolicyArns: [readOnly] },
    { managedPolicyArns: [administrator] },
    `+ sessions have what is allowed by ${administrator}`,
    `- sessions have what is allowed by ${readOnly}: no longer`,
    `~ sessions have nothing of what is denied by ${administrator}`,
    `~ sessions have nothing of what is denied by ${readOnly}: no longer`,
  ),
  profileRow(
    "callers' own session policies",
    {},
    { acceptsSessionPolicy: true },
    '~ callers may bring a session policy',
  ),
  profileRow(
    'no source identity',
    {},
    { setSourceIdentity: false },
    '~ sessions carry no source identity any more',
  ),
  profileRow(
    'no subject in the name',
    {},
    { subjectInSessionName: false },
    '~ session names have no subject any more',
  ),
  profileRow(
    'another description',
    {},
    { description: 'Other' },
    '~ description: Read-only access to the production account → Other',
  ),
  profileRow('an owner of its own', {}, { owner: 'x@example.com' }, '~ owner: "" → x@example.com'),
  profileRow(
    'an address to ask at of its own',
    {},
    { requestAccessUrl: 'https://ask.example.com' },
    '~ requestAccessUrl: none → https://ask.example.com',
  ),
  profileRow(
    'tokens in the place of credentials',
    {},
    tokens(),
    '+ tokens that AWS signs, for https://a.example',
    '- credentials of the role',
  ),
  profileRow(
    'an audience of tokens',
    tokens(),
    tokens({ audiences: ['https://a.example', 'https://b.example'] }),
    '+ tokens that AWS signs, for https://b.example',
  ),
  profileRow(
    'longer tokens',
    tokens({ duration: { maxSeconds: 300 } }),
    tokens({ duration: { maxSeconds: 600 } }),
    '+ tokens last up to 600 s, instead of 300 s',
  ),
  profileRow(
    'another algorithm of tokens',
    tokens({ signingAlgorithm: 'RS256' }),
    tokens({ signingAlgorithm: 'ES384' }),
    '~ tokens signed with: RS256 → ES384',
  ),
  profileRow(
    'another mechanism',
    {},
    { mechanism: 'web-identity' },
    '~ mechanism: assume-role → web-identity',
  ),
  oktaRow(
    'another issuer',
    {},
    { issuer: 'https://other.okta.com' },
    '+ tokens of https://other.okta.com',
    '- tokens of https://example.okta.com',
  ),
  oktaRow('an audience', {}, { audience: ['daypass', 'other'] }, '+ tokens for the audience other'),
  oktaRow(
    'an algorithm',
    { algorithms: ['RS256'] },
    { algorithms: ['RS256', 'ES256'] },
    '+ tokens signed with ES256',
  ),
  oktaRow('a login', {}, login(), '~ people log in with daypass login'),
  oktaRow(
    'another login',
    login(),
    login({
      ...{ clientId: 'other', scopes: ['openid', 'groups'], flows: ['device-code'] },
      ...{ parameters: { prompt: 'login' }, redirectUri: 'http://127.0.0.1:8400/callback' },
    }),
    '~ login as the client: cli → other',
    '~ login asks for the scope groups',
    '~ login by: authorization-code, device-code → device-code',
    '~ login with the parameter prompt: login',
    '~ login comes back to: none → http://127.0.0.1:8400/callback',
  ),
  oktaRow('a limit of age', {}, { maxAgeSeconds: 600 }, '- tokens as old as 600 s, instead of no limit'),
  oktaRow(
    'a claim',
    {},
    { claims: { ...claims, role: { claim: '/role', type: 'string' } } },
    '+ claim role: string at /role',
  ),
  oktaRow(
    'a claim elsewhere',
    {},
    { claims: { ...claims, team: { claim: '/t', type: 'string' } } },
    '~ claim team: string at /team → string at /t',
  ),
  oktaRow(
    'a claim that is required',
    {},
    { requiredClaims: { '/kind': 'access' } },
    '- tokens must have /kind: access',
  ),
  oktaRow('a value that proves MFA', {}, { mfa: { amr: ['mfa'] } }, '+ MFA is proven by amr mfa'),
  oktaRow(
    'whom it admits',
    {},
    { admit: [{ Sid: 'Us', Effect: 'Allow', Condition: { StringEquals: { 'claims:team': 'a' } } }] },
    '- not all callers of this issuer are admitted any more: statement Us: Allow where claims:team is a',
  ),
  oktaRow(
    'whom it admits as well',
    { admit: [{ Sid: 'Us', Effect: 'Allow', Condition: { StringEquals: { 'claims:team': 'a' } } }] },
    { admit: [{ Sid: 'Us', Effect: 'Allow', Condition: { StringEquals: { 'claims:team': ['a', 'b'] } } }] },
    '+ statement Us allows more: where claims:team is a or b, instead of claims:team is a',
  ),
  oktaRow('another subject', {}, { subjectClaim: '/oid' }, '~ the subject is at: /sub → /oid'),
  awsRow(
    'an account',
    { accounts: ['222222222222'] },
    { accounts: ['222222222222', '333333333333'] },
    '+ callers of account 333333333333',
  ),
  awsRow(
    'an organization in the place of accounts',
    { accounts: ['222222222222'] },
    { organizationId: 'o-exampleorg1' },
    '+ callers of every account, instead of callers of account 222222222222 alone',
    '- callers of organization o-exampleorg1 alone, instead of callers of every organization',
  ),
  awsRow(
    'a permission set',
    { accounts: ['222222222222'], ...center },
    { accounts: ['222222222222'], ...center, mfa: { permissionSets: ['Admin'] } },
    '+ MFA is proven by the permission set Admin',
  ),
  row(
    'MFA by the API itself',
    ofAws({ accounts: ['222222222222'] }),
    ofAws({ accounts: ['222222222222'], mfa: { profiles: ['p'] } }),
    '- profile p: MFA by the API itself for callers of aws',
  ),
  row(
    'an issuer',
    ofSections({ issuers: { okta: issuers.okta } }),
    ofSections({}),
    '+ issuer aws: new: signatures of 222222222222',
  ),
  row(
    'readers of the audit',
    ofSections({}),
    ofSections({ audit: { retentionDays: 400, trust } }),
    '+ audit: new statement: Allow okta',
  ),
  row(
    'a shorter retention',
    ofSections({}),
    ofSections({ audit: { retentionDays: 30 } }),
    '~ audit: issuances are kept 30 days, instead of 400 days',
  ),
  row(
    'controls',
    ofSections({}),
    ofSections({ controls: { trust } }),
    '+ controls: new statement: Allow okta',
  ),
  row(
    'session tokens',
    ofSections({}),
    ofSections({ sessionTokens: { trust: [{ Effect: 'Allow', Principal: { Federated: 'aws' } }] } }),
    '+ sessionTokens: new statement: Allow aws',
  ),
  row(
    'longer session tokens',
    ofSections({
      sessionTokens: {
        duration: { maxSeconds: 900 },
        trust: [{ Effect: 'Allow', Principal: { Federated: 'aws' } }],
      },
    }),
    ofSections({
      sessionTokens: {
        duration: { maxSeconds: 3600 },
        trust: [{ Effect: 'Allow', Principal: { Federated: 'aws' } }],
      },
    }),
    '+ sessionTokens: last up to 3600 s, instead of 900 s',
  ),
  row(
    'decoding',
    ofSections({}),
    ofSections({ authorizationMessages: { trust } }),
    '+ authorizationMessages: new statement: Allow okta',
  ),
  row(
    'integrations',
    ofSections({}),
    ofSections({ integrations: { trust } }),
    '+ integrations: new statement: Allow okta',
  ),
  row(
    'what is known of integrations',
    ofSections({ integrations: { trust, graceDays: 1 } }),
    ofSections({ integrations: { trust, graceDays: 2, ownAccounts: ['333333333333'], drift: 'flag' } }),
    '- integrations: no integration has a role in account 333333333333',
    '+ integrations: the ExternalId before is accepted for 172800 s, instead of 86400 s',
    '~ integrations: a role that no longer asks for its ExternalId: suspend → flag',
  ),
  row(
    'a limit',
    ofSections({}),
    ofSections({ limits: { attemptsPerMinute: 600 } }),
    '+ limits: one principal may ask 600 times a minute, instead of 60 times a minute',
  ),
  row(
    'revocations that are applied',
    ofSections({}),
    ofSections({ revocation: { apply: true } }),
    '~ revocation: policies that end sessions are put onto roles',
  ),
  row(
    'a key that signs',
    ofSections({}),
    ofSections({ webIdentity: { keys: ['first', 'second'] } }),
    '~ webIdentity: keys, of which the first signs: first → first,second',
  ),
  row(
    'how long CloudTrail may take',
    ofSections({}),
    ofSections({ trail: { settleMinutes: 60 } }),
    '~ trail: settleMinutes: 120 → 60',
  ),
  row(
    'the owner, said once',
    ofSections({}),
    ofSections({ owner: 'x@example.com' }),
    '~ contact: owner: platform-team@example.com → x@example.com',
  ),
  row(
    'the stage',
    ofSections({}),
    ofSections({ deployment: { accountId: '111111111111', region: 'eu-west-1', stage: 'test' } }),
    '~ deployment: stage: prod → test',
  ),
];
