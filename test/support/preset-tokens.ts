import type { SigningAlgorithm } from '../../lambda/core/configuration.ts';
import type { OidcPresetName } from '../../lambda/core/oidc-presets.ts';
import { nowSeconds } from './tokens.ts';

/** A token as its issuer's documentation shows it, the settings that take it, and whom it proves. */
export interface PresetToken {
  readonly name: string;
  readonly preset: OidcPresetName;
  readonly algorithm: SigningAlgorithm;
  /** Beside alg and kid. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What is written beside `type` and `preset`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly proves: {
    readonly subject: string;
    readonly claims: Readonly<Record<string, string | readonly string[]>>;
    readonly mfa?: boolean;
    readonly authTime?: number;
  };
}

const lifetime = (seconds: number) => ({ iat: nowSeconds - 10, exp: nowSeconds - 10 + seconds });

export const audience = 'https://daypass.example.com';

const admit = (key: string, value: string) => [
  { Effect: 'Allow', Condition: { StringEquals: { [key]: value } } },
];

const gitHubClaims = {
  jti: '6b1d8f3e-1c1c-4b5f-9d55-2f1f8a0f1b11',
  sub: 'repo:example/shop:ref:refs/heads/main',
  aud: audience,
  ref: 'refs/heads/main',
  sha: '1f0c9d3c5b1a4e0b8c1d2e3f4a5b6c7d8e9f0a1b',
  repository: 'example/shop',
  repository_owner: 'example',
  repository_owner_id: '1234567',
  run_id: '9876543210',
  run_number: '42',
  run_attempt: '1',
  repository_visibility: 'private',
  repository_id: '7654321',
  actor_id: '55',
  actor: 'mona',
  workflow: 'deploy',
  head_ref: '',
  base_ref: '',
  event_name: 'push',
  ref_protected: 'true',
  ref_type: 'branch',
  workflow_ref: 'example/shop/.github/workflows/deploy.yml@refs/heads/main',
  workflow_sha: '1f0c9d3c5b1a4e0b8c1d2e3f4a5b6c7d8e9f0a1b',
  job_workflow_ref: 'example/workflows/.github/workflows/release.yml@refs/tags/v1',
  job_workflow_sha: 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
  runner_environment: 'github-hosted',
  check_run_id: '1122334455',
  iss: 'https://token.actions.githubusercontent.com',
  nbf: nowSeconds - 310,
  ...lifetime(300),
};

const gitHubProves = {
  owner: '1234567',
  ownerName: 'example',
  repository: 'example/shop',
  repositoryId: '7654321',
  visibility: 'private',
  ref: 'refs/heads/main',
  refType: 'branch',
  jobWorkflowRef: 'example/workflows/.github/workflows/release.yml@refs/tags/v1',
  workflowRef: 'example/shop/.github/workflows/deploy.yml@refs/heads/main',
  eventName: 'push',
  runnerEnvironment: 'github-hosted',
  actor: 'mona',
  actorId: '55',
};

const gitHub = {
  preset: 'github-actions',
  algorithm: 'RS256',
  header: { typ: 'JWT', x5t: 'ykNaY4qM_ta4k2TgZOCEYLkcYlA' },
  claims: gitHubClaims,
  settings: { audience, admit: admit('claims:owner', '1234567') },
  proves: { subject: gitHubClaims.sub, claims: gitHubProves },
} as const;

const gitHubTokens: readonly PresetToken[] = [
  { ...gitHub, name: 'GitHub Actions, a push' },
  {
    ...gitHub,
    name: 'GitHub Actions, an environment and the subject with ids of repositories made since July 2026',
    claims: {
      ...gitHubClaims,
      sub: 'repo:example@1234567/shop@7654321:environment:production',
      environment: 'production',
    },
    proves: {
      subject: 'repo:example@1234567/shop@7654321:environment:production',
      claims: { ...gitHubProves, environment: 'production' },
    },
  },
  {
    ...gitHub,
    name: 'GitHub Actions, a customized subject',
    claims: { ...gitHubClaims, sub: 'repository_owner:example:environment:production%3Aeu' },
    proves: { subject: 'repository_owner:example:environment:production%3Aeu', claims: gitHubProves },
  },
  {
    ...gitHub,
    name: 'GitHub Enterprise Server',
    claims: { ...gitHubClaims, iss: 'https://github.example.com/_services/token' },
    settings: { audience, issuer: 'https://github.example.com/_services/token' },
  },
];

const gitLabClaims = {
  namespace_id: '72',
  namespace_path: 'example/payments',
  project_id: '20',
  project_path: 'example/payments/shop',
  user_id: '1',
  user_login: 'sample-user',
  user_email: 'sample-user@example.com',
  user_access_level: 'developer',
  user_identities: [{ provider: 'github', extern_uid: '2435223452345' }],
  pipeline_id: '574',
  pipeline_source: 'push',
  job_id: '302',
  ref: 'main',
  ref_type: 'branch',
  ref_path: 'refs/heads/main',
  ref_protected: 'true',
  groups_direct: ['example/payments'],
  environment: 'production',
  environment_protected: 'true',
  deployment_tier: 'production',
  environment_action: 'start',
  runner_id: 12270852,
  runner_environment: 'gitlab-hosted',
  sha: '714a629c0b401fdce83e847fc9589983fc6f46bc',
  project_visibility: 'private',
  ci_config_ref_uri: null,
  ci_config_sha: null,
  jti: '235b3a54-b797-45c7-ae9a-f72d7bc6ef5b',
  iss: 'https://gitlab.com',
  nbf: nowSeconds - 15,
  ...lifetime(3600),
  sub: 'project_path:example/payments/shop:ref_type:branch:ref:main',
  aud: audience,
};

const gitLab = {
  preset: 'gitlab',
  algorithm: 'RS256',
  header: { typ: 'JWT' },
  claims: gitLabClaims,
  settings: { audience, admit: admit('claims:namespaceId', '72') },
  proves: {
    subject: gitLabClaims.sub,
    claims: {
      namespaceId: '72',
      namespace: 'example/payments',
      projectId: '20',
      project: 'example/payments/shop',
      ref: 'main',
      refType: 'branch',
      refProtected: 'true',
      environment: 'production',
      environmentProtected: 'true',
      pipelineSource: 'push',
      user: 'sample-user',
      userId: '1',
    },
  },
} as const;

const gitLabTokens: readonly PresetToken[] = [
  { ...gitLab, name: 'GitLab.com' },
  {
    ...gitLab,
    name: 'GitLab on a host of its own, which needs no admit',
    claims: { ...gitLabClaims, iss: 'https://gitlab.example.com' },
    settings: { audience, issuer: 'https://gitlab.example.com' },
  },
];

const eksIssuer = 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE';

const kubernetesClaims = {
  aud: [audience],
  ...lifetime(86_400),
  iss: eksIssuer,
  jti: '3be52fd0-1c2e-4a2c-9d8f-0d2f9ba8bf60',
  'kubernetes.io': {
    namespace: 'payments',
    node: { name: 'ip-10-0-1-7.eu-west-1.compute.internal', uid: '646e7c5e-32d6-4d42-9dbd-e504e6cbe6b1' },
    pod: { name: 'shop-6f7d9c-x2x7b', uid: '5e0bd49b-f040-43b0-99b7-22765a53f7f3' },
    serviceaccount: { name: 'shop', uid: '14ee3fa4-a7e2-420f-9f9a-dbc4507c3798' },
    warnafter: nowSeconds + 3597,
  },
  nbf: nowSeconds - 10,
  sub: 'system:serviceaccount:payments:shop',
};

const kubernetes = {
  preset: 'kubernetes',
  algorithm: 'RS256',
  // Kubernetes writes no typ.
  header: {},
  claims: kubernetesClaims,
  settings: { audience, issuer: eksIssuer },
  proves: {
    subject: 'system:serviceaccount:payments:shop',
    claims: {
      namespace: 'payments',
      serviceAccount: 'shop',
      serviceAccountUid: '14ee3fa4-a7e2-420f-9f9a-dbc4507c3798',
      pod: 'shop-6f7d9c-x2x7b',
      node: 'ip-10-0-1-7.eu-west-1.compute.internal',
    },
  },
} as const;

const kubernetesTokens: readonly PresetToken[] = [
  { ...kubernetes, name: 'EKS' },
  {
    ...kubernetes,
    name: 'a cluster whose issuer is known in it alone, with an ES256 key and a token of no pod',
    algorithm: 'ES256',
    claims: {
      ...kubernetesClaims,
      iss: 'https://kubernetes.default.svc.cluster.local',
      'kubernetes.io': {
        namespace: 'payments',
        serviceaccount: kubernetesClaims['kubernetes.io'].serviceaccount,
      },
    },
    settings: { audience, issuer: 'https://kubernetes.default.svc.cluster.local' },
    proves: {
      subject: 'system:serviceaccount:payments:shop',
      claims: {
        namespace: 'payments',
        serviceAccount: 'shop',
        serviceAccountUid: '14ee3fa4-a7e2-420f-9f9a-dbc4507c3798',
      },
    },
  },
];

const userPool = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE12';
const client = '1example23456789abcdefghij';

const cognito: PresetToken = {
  name: 'Cognito, the access token of a user',
  preset: 'cognito',
  algorithm: 'RS256',
  header: {},
  claims: {
    sub: 'b1f2a3c4-0000-4000-8000-1a2b3c4d5e6f',
    device_key: 'eu-west-1_a1b2c3d4-5678-90ab-cdef-EXAMPLE22222',
    'cognito:groups': ['sre', 'admins'],
    iss: userPool,
    version: 2,
    client_id: client,
    origin_jti: 'c1b2a3d4-5678-90ab-cdef-EXAMPLE33333',
    event_id: 'd1b2a3d4-5678-90ab-cdef-EXAMPLE44444',
    token_use: 'access',
    scope: 'aws.cognito.signin.user.admin openid profile',
    auth_time: nowSeconds - 600,
    jti: 'e1b2a3d4-5678-90ab-cdef-EXAMPLE55555',
    username: 'alice',
    ...lifetime(3600),
  },
  settings: { audience: client, issuer: userPool },
  proves: {
    subject: 'b1f2a3c4-0000-4000-8000-1a2b3c4d5e6f',
    claims: {
      groups: ['sre', 'admins'],
      username: 'alice',
      client,
      scope: 'aws.cognito.signin.user.admin openid profile',
    },
    authTime: nowSeconds - 600,
  },
};

const cognitoTokens: readonly PresetToken[] = [
  cognito,
  {
    ...cognito,
    name: 'Cognito, the access token of an application without a user',
    claims: {
      sub: client,
      token_use: 'access',
      scope: 'daypass/use',
      auth_time: nowSeconds - 10,
      iss: userPool,
      version: 2,
      jti: 'e1b2a3d4-5678-90ab-cdef-EXAMPLE66666',
      client_id: client,
      ...lifetime(3600),
    },
    proves: { subject: client, claims: { client, scope: 'daypass/use' }, authTime: nowSeconds - 10 },
  },
];

/** What Cognito signs beside the access token, with a key of the same set. */
export const cognitoIdToken = {
  sub: 'b1f2a3c4-0000-4000-8000-1a2b3c4d5e6f',
  'cognito:groups': ['sre', 'admins'],
  email_verified: true,
  'cognito:preferred_role': 'arn:aws:iam::111122223333:role/my-test-role',
  iss: userPool,
  'cognito:username': 'alice',
  nonce: 'abcdefg',
  origin_jti: 'c1b2a3d4-5678-90ab-cdef-EXAMPLE33333',
  aud: client,
  event_id: 'd1b2a3d4-5678-90ab-cdef-EXAMPLE44444',
  token_use: 'id',
  auth_time: nowSeconds - 600,
  ...lifetime(3600),
  jti: 'f1b2a3d4-5678-90ab-cdef-EXAMPLE77777',
  email: 'alice@example.com',
};

const tenant = '8f1c2a7e-0000-4000-8000-5a4b3c2d1e0f';
const api = '6731de76-14a6-49ae-97bc-6eba6914391e';

const entra: PresetToken = {
  name: 'Entra ID, an access token of version 2.0',
  preset: 'entra',
  algorithm: 'RS256',
  header: { typ: 'JWT' },
  claims: {
    aud: api,
    iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
    nbf: nowSeconds - 10,
    ...lifetime(4500),
    aio: 'AXQAi/8IAAAAEXAMPLE',
    azp: '00001111-aaaa-2222-bbbb-3333cccc4444',
    azpacr: '1',
    groups: ['0f1e2d3c-0000-4000-8000-000000000001'],
    name: 'Alice Example',
    oid: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb',
    preferred_username: 'alice@example.com',
    rh: '0.AXEAEXAMPLE.',
    roles: ['Daypass.Use'],
    scp: 'access_as_user',
    sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
    tid: tenant,
    uti: 'fqiBqXLPj0eQa82S-IYFAA',
    ver: '2.0',
  },
  settings: { audience: api, issuer: `https://login.microsoftonline.com/${tenant}/v2.0` },
  proves: {
    subject: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb',
    claims: {
      tenant,
      groups: ['0f1e2d3c-0000-4000-8000-000000000001'],
      roles: ['Daypass.Use'],
      scope: 'access_as_user',
      client: '00001111-aaaa-2222-bbbb-3333cccc4444',
    },
  },
};

const entraTokens: readonly PresetToken[] = [
  entra,
  {
    ...entra,
    name: 'Entra ID, an access token of version 1.0 with MFA',
    header: { typ: 'JWT', x5t: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY' },
    claims: {
      aud: 'api://daypass',
      iss: `https://sts.windows.net/${tenant}/`,
      nbf: nowSeconds - 10,
      ...lifetime(4500),
      acr: '1',
      aio: 'AXQAi/8TAAAAEXAMPLE',
      amr: ['pwd', 'mfa'],
      appid: '00001111-aaaa-2222-bbbb-3333cccc4444',
      appidacr: '0',
      ipaddr: '203.0.113.7',
      name: 'Alice Example',
      oid: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb',
      rh: 'I',
      scp: 'access_as_user',
      sub: 'l3_roISQU222bULS9yi2k0XpqpOiMz5H3ZACo1GeXA',
      tid: tenant,
      unique_name: 'alice@example.com',
      uti: 'FVsGxYXI30-TuikuuUoFAA',
      ver: '1.0',
    },
    settings: { audience: 'api://daypass', issuer: `https://sts.windows.net/${tenant}/` },
    proves: {
      subject: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb',
      claims: { tenant, scope: 'access_as_user', appId: '00001111-aaaa-2222-bbbb-3333cccc4444' },
      mfa: true,
    },
  },
];

const google: PresetToken = {
  name: 'Google, the ID token of a person',
  preset: 'google',
  algorithm: 'RS256',
  header: { typ: 'JWT' },
  claims: {
    iss: 'https://accounts.google.com',
    azp: '1234987819200.apps.googleusercontent.com',
    aud: '1234987819200.apps.googleusercontent.com',
    sub: '10769150350006150715113082367',
    at_hash: 'HK6E_P6Dh8Y93mRNtsDB1Q',
    hd: 'example.com',
    email: 'alice@example.com',
    email_verified: true,
    nonce: '0394852-3190485-2490358',
    name: 'Alice Example',
    ...lifetime(3600),
  },
  settings: {
    audience: '1234987819200.apps.googleusercontent.com',
    admit: admit('claims:hostedDomain', 'example.com'),
  },
  proves: {
    subject: '10769150350006150715113082367',
    claims: {
      email: 'alice@example.com',
      emailVerified: 'true',
      hostedDomain: 'example.com',
      client: '1234987819200.apps.googleusercontent.com',
    },
  },
};

const googleTokens: readonly PresetToken[] = [
  google,
  {
    ...google,
    name: 'Google, a service account on a virtual machine',
    claims: {
      aud: audience,
      azp: '117000000000000000001',
      email: 'fetcher@example-project.iam.gserviceaccount.com',
      email_verified: true,
      google: {
        compute_engine: {
          instance_creation_timestamp: nowSeconds - 86_400,
          instance_id: '152986662232938449',
          instance_name: 'fetcher-1',
          project_id: 'example-project',
          project_number: 739419398126,
          zone: 'europe-west1-b',
        },
      },
      iss: 'https://accounts.google.com',
      sub: '117000000000000000001',
      ...lifetime(3600),
    },
    settings: { audience, admit: admit('daypass:Subject', '117000000000000000001') },
    proves: {
      subject: '117000000000000000001',
      claims: {
        email: 'fetcher@example-project.iam.gserviceaccount.com',
        emailVerified: 'true',
        client: '117000000000000000001',
      },
    },
  },
];

const accountIssuer = 'https://8e3a1c52-7b0d-4f6e-9a51-2c4d6e8f0a1b.tokens.sts.global.api.aws';
const role = 'arn:aws:iam::222222222222:role/data/DataProcessing';

const aws: PresetToken = {
  name: 'AWS, a Lambda function',
  preset: 'aws',
  algorithm: 'RS256',
  header: { typ: 'JWT' },
  claims: {
    iss: accountIssuer,
    aud: audience,
    sub: role,
    ...lifetime(300),
    jti: '0b6a4c1e-2f3d-4e5f-8a9b-0c1d2e3f4a5b',
    'https://sts.amazonaws.com/': {
      aws_account: '222222222222',
      source_region: 'eu-west-1',
      org_id: 'o-exampleorg1',
      ou_path: ['o-exampleorg1/r-ab12/ou-ab12-11111111/'],
      principal_id: role,
      principal_tags: { environment: 'production', team: 'data' },
      source_identity: 'okta.alice',
      original_session_exp: '2026-01-01T02:00:00Z',
      lambda_source_function_arn: 'arn:aws:lambda:eu-west-1:222222222222:function:process-data',
      request_tags: { 'job-id': 'job-2026-001' },
    },
  },
  settings: {
    audience,
    issuer: accountIssuer,
    claims: { team: { claim: '/https:~1~1sts.amazonaws.com~1/principal_tags/team', type: 'string' } },
  },
  proves: {
    subject: role,
    claims: {
      account: '222222222222',
      organization: 'o-exampleorg1',
      region: 'eu-west-1',
      principal: role,
      lambdaFunction: 'arn:aws:lambda:eu-west-1:222222222222:function:process-data',
      team: 'data',
    },
  },
};

const permissionSetRole =
  'arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_0123456789abcdef';

const awsTokens: readonly PresetToken[] = [
  aws,
  {
    ...aws,
    name: 'AWS, a person of Identity Center, signed with ES384',
    algorithm: 'ES384',
    claims: {
      aud: [audience],
      sub: permissionSetRole,
      'https://sts.amazonaws.com/': {
        org_id: 'o-exampleorg1',
        aws_account: '222222222222',
        ou_path: 'o-exampleorg1/r-ab12/ou-ab12-11111111/',
        original_session_exp: '2026-01-01T02:00:00Z',
        source_region: 'eu-west-1',
        principal_id: permissionSetRole,
        identity_store_user_id: '83d4c8f2-a071-70aa-4f2b-1c2d3e4f5a6b',
      },
      iss: accountIssuer,
      ...lifetime(900),
      jti: '1c7b5d2f-3a4e-5f60-9bac-1d2e3f4a5b6c',
    },
    proves: {
      subject: permissionSetRole,
      claims: {
        account: '222222222222',
        organization: 'o-exampleorg1',
        region: 'eu-west-1',
        principal: permissionSetRole,
        identityCenterUser: '83d4c8f2-a071-70aa-4f2b-1c2d3e4f5a6b',
      },
    },
  },
];

export const presetTokens: readonly PresetToken[] = [
  ...gitHubTokens,
  ...gitLabTokens,
  ...kubernetesTokens,
  ...cognitoTokens,
  ...entraTokens,
  ...googleTokens,
  ...awsTokens,
];
