/** What a preset sets of an `oidc` issuer, in the words of the configuration. */
export interface OidcPresetSettings {
  /** Where every token of the kind has the same issuer. */
  readonly issuer?: string;
  readonly algorithms: readonly string[];
  readonly subjectClaim?: string;
  readonly audienceClaim?: string;
  readonly requiredClaims?: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, { readonly claim: string; readonly type: string }>>;
  readonly mfa?: { readonly amr: readonly string[] };
}

export interface OidcPreset {
  readonly settings: OidcPresetSettings;
  /** What the issuer's URL looks like, for whoever has to write it. */
  readonly issuerForm: string;
}

export const oidcPresetNames = [
  'github-actions',
  'gitlab',
  'kubernetes',
  'cognito',
  'entra',
  'google',
  'aws',
] as const;

export type OidcPresetName = (typeof oidcPresetNames)[number];

const string = (claim: string) => ({ claim, type: 'string' });
const list = (claim: string) => ({ claim, type: 'list' });
const boolean = (claim: string) => ({ claim, type: 'boolean' });

/**
 * Issuer, algorithms and claim names of well-known issuers, each by the issuer's own documentation. Ids come before
 * names: a name can be given up and taken by somebody else. A claim that an issuer may write as null, or in two
 * types, is left out: its tokens would be refused.
 */
export const oidcPresets: Readonly<Record<OidcPresetName, OidcPreset>> = {
  /*
   * GitHub docs, "OpenID Connect reference". The subject is GitHub's: `repo:<owner>/<repository>:…`, with `@<id>`
   * behind both names for repositories made or renamed since 2026-07-15. Its owner can customize it, so that it
   * names less than one repository; conditions therefore compare owner and repositoryId, which nobody can choose.
   */
  'github-actions': {
    issuerForm:
      'https://token.actions.githubusercontent.com, or https://<host>/_services/token of GitHub Enterprise Server',
    settings: {
      issuer: 'https://token.actions.githubusercontent.com',
      algorithms: ['RS256'],
      claims: {
        owner: string('/repository_owner_id'),
        ownerName: string('/repository_owner'),
        repository: string('/repository'),
        repositoryId: string('/repository_id'),
        visibility: string('/repository_visibility'),
        ref: string('/ref'),
        refType: string('/ref_type'),
        environment: string('/environment'),
        jobWorkflowRef: string('/job_workflow_ref'),
        workflowRef: string('/workflow_ref'),
        eventName: string('/event_name'),
        runnerEnvironment: string('/runner_environment'),
        actor: string('/actor'),
        actorId: string('/actor_id'),
      },
    },
  },
  /*
   * GitLab docs, "OpenID Connect (OIDC) authentication using ID tokens". Flags are the strings "true" and "false".
   * The subject is `project_path:<group>/<project>:ref_type:…:ref:…`. ci_config_ref_uri can be null.
   */
  gitlab: {
    issuerForm: 'https://gitlab.com, or the URL of a GitLab instance of your own',
    settings: {
      issuer: 'https://gitlab.com',
      algorithms: ['RS256'],
      claims: {
        namespaceId: string('/namespace_id'),
        namespace: string('/namespace_path'),
        projectId: string('/project_id'),
        project: string('/project_path'),
        ref: string('/ref'),
        refType: string('/ref_type'),
        refProtected: string('/ref_protected'),
        environment: string('/environment'),
        environmentProtected: string('/environment_protected'),
        pipelineSource: string('/pipeline_source'),
        user: string('/user_login'),
        userId: string('/user_id'),
      },
    },
  },
  /*
   * Kubernetes docs, "Managing Service Accounts". The subject is `system:serviceaccount:<namespace>:<name>`, which a
   * service account made anew has again: serviceAccountUid tells the two apart. pod and node are of bound tokens.
   */
  kubernetes: {
    issuerForm:
      "the cluster's own (kubectl get --raw /.well-known/openid-configuration), of EKS https://oidc.eks.<region>.amazonaws.com/id/<id>",
    settings: {
      algorithms: ['RS256', 'ES256'],
      claims: {
        namespace: string('/kubernetes.io/namespace'),
        serviceAccount: string('/kubernetes.io/serviceaccount/name'),
        serviceAccountUid: string('/kubernetes.io/serviceaccount/uid'),
        pod: string('/kubernetes.io/pod/name'),
        node: string('/kubernetes.io/node/name'),
      },
    },
  },
  /*
   * Amazon Cognito guide, "Understanding the access token": no aud, the audience is the app client. An ID token has
   * the same issuer and says `token_use: id`. The subject is the user's UUID, or the client's id without a user.
   */
  cognito: {
    issuerForm: 'https://cognito-idp.<region>.amazonaws.com/<user pool id>',
    settings: {
      algorithms: ['RS256'],
      audienceClaim: '/client_id',
      requiredClaims: { '/token_use': 'access' },
      claims: {
        groups: list('/cognito:groups'),
        username: string('/username'),
        client: string('/client_id'),
        scope: string('/scope'),
      },
    },
  },
  /*
   * Microsoft identity platform, "Access token claims reference". The subject is oid: sub is another one for each
   * application. amr stands in version 1.0 tokens alone; groups is left out where there are more than 200.
   */
  entra: {
    issuerForm:
      'https://login.microsoftonline.com/<tenant id>/v2.0, or https://sts.windows.net/<tenant id>/ for version 1.0 tokens',
    settings: {
      algorithms: ['RS256'],
      subjectClaim: '/oid',
      claims: {
        tenant: string('/tid'),
        groups: list('/groups'),
        roles: list('/roles'),
        scope: string('/scp'),
        client: string('/azp'),
        appId: string('/appid'),
      },
      mfa: { amr: ['mfa'] },
    },
  },
  /* Google Identity, "OpenID Connect". The subject is a number that is never given again; an address can change. */
  google: {
    issuerForm: 'https://accounts.google.com',
    settings: {
      issuer: 'https://accounts.google.com',
      algorithms: ['RS256'],
      claims: {
        email: string('/email'),
        emailVerified: boolean('/email_verified'),
        hostedDomain: string('/hd'),
        client: string('/azp'),
      },
    },
  },
  /*
   * IAM guide, "Understanding token claims" (GetWebIdentityToken). The subject is the ARN of the role, without the
   * session's name; whoever enters by Identity Center shares it and has a user of their own. There is no claim for
   * MFA. source_identity is left out: whoever assumes the role may choose it. ou_path is documented as a string and seen as a list.
   */
  aws: {
    issuerForm:
      'https://<id>.tokens.sts.global.api.aws, one for each account (aws iam get-outbound-web-identity-federation-info)',
    settings: {
      algorithms: ['RS256', 'ES384'],
      claims: {
        account: string('/https:~1~1sts.amazonaws.com~1/aws_account'),
        organization: string('/https:~1~1sts.amazonaws.com~1/org_id'),
        region: string('/https:~1~1sts.amazonaws.com~1/source_region'),
        principal: string('/https:~1~1sts.amazonaws.com~1/principal_id'),
        lambdaFunction: string('/https:~1~1sts.amazonaws.com~1/lambda_source_function_arn'),
        ec2Instance: string('/https:~1~1sts.amazonaws.com~1/ec2_source_instance_arn'),
        identityCenterUser: string('/https:~1~1sts.amazonaws.com~1/identity_store_user_id'),
      },
    },
  },
};
