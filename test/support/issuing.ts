import type { Configuration } from '../../lambda/core/configuration.ts';
import type { Admission } from '../../lambda/core/controls/admission.ts';
import type { Denial, Intent, Outcome } from '../../lambda/core/issuance.ts';
import { createIssueCredentials } from '../../lambda/core/issue-credentials.ts';
import type {
  AssumeRoleRequest,
  AssumeRoleWithWebIdentityRequest,
  AssumeRootRequest,
  FederationTokenRequest,
  SingleUseProof,
  StsAnswer,
} from '../../lambda/core/ports.ts';
import { aConfiguration, aProfileDocument } from './a-configuration.ts';
import { anIssuedAnswer, secrets } from './an-issuance.ts';
import { openAdmission } from './open-admission.ts';
import { nowMs } from './tokens.ts';

/** One call of a port, in the order of the calls. */
export type Call =
  | { readonly proof: SingleUseProof }
  | { readonly denial: Denial }
  | { readonly intent: Intent }
  /** `as`: the access key id of the session that calls; absent for the function's own role. */
  | { readonly request: AssumeRoleRequest; readonly as?: string }
  | { readonly root: AssumeRootRequest; readonly as: string }
  | { readonly signed: { readonly type: string; readonly claims: object } }
  | { readonly webIdentity: AssumeRoleWithWebIdentityRequest }
  /** The federator's key that was read. */
  | { readonly key: string }
  | { readonly renewal: { readonly refused: string } }
  | { readonly federation: FederationTokenRequest; readonly as: string }
  | { readonly outcome: Outcome; readonly of: string };

export type Step =
  | 'consume'
  | 'recordDenial'
  | 'recordIntent'
  | 'assumeRole'
  | 'assumeRoot'
  | 'sign'
  | 'assumeRoleWithWebIdentity'
  | 'currentKey'
  | 'renewKey'
  | 'getFederationToken'
  | 'recordOutcome';

/** A public key (RFC 7517 §A.1): nothing here is signed with its private half. */
const integrationJwk = {
  kty: 'EC',
  crv: 'P-256',
  kid: 'acme-1',
  x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
  y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
};

/** Profiles that differ in who may have them and in what they want. */
export const issuingConfiguration = aConfiguration({
  requestAccessUrl: 'https://wiki.example.com/daypass',
  issuers: {
    okta: {
      type: 'oidc',
      issuer: 'https://example.okta.com',
      audience: 'daypass',
      claims: { team: { claim: '/team', type: 'string' } },
    },
    ci: { type: 'oidc', issuer: 'https://ci.example.com', audience: 'daypass' },
    aws: { type: 'iam', accounts: ['222222222222'] },
    acme: { type: 'integration', audience: 'daypass', jwks: { keys: [integrationJwk] } },
  },
  profiles: {
    'prod-readonly': aProfileDocument({ owner: 'production-owners@example.com' }),
    forbidden: aProfileDocument({
      owner: 'secret-owners@example.com',
      trust: [{ Effect: 'Allow', Principal: { Federated: 'ci' } }],
    }),
    denied: aProfileDocument({
      owner: 'secret-owners@example.com',
      trust: [
        { Effect: 'Allow', Principal: { Federated: 'okta' } },
        {
          Sid: 'NotAlice',
          Effect: 'Deny',
          Principal: '*',
          Condition: { StringEquals: { 'daypass:Subject': 'alice@example.com' } },
        },
      ],
    }),
    mismatched: aProfileDocument({
      owner: 'secret-owners@example.com',
      sessionTags: { Team: '${claims:team}' },
    }),
    shared: aProfileDocument({
      trust: [{ Effect: 'Allow', Principal: { Federated: ['acme', 'aws'] } }],
      duration: { defaultSeconds: 900, maxSeconds: 1800 },
      console: true,
    }),
    browsed: aProfileDocument({ console: true }),
    reasoned: aProfileDocument({ reasonRequired: true }),
    chained: aProfileDocument({
      owner: 'production-owners@example.com',
      via: ['arn:aws:iam::222222222222:role/Gateway', 'arn:aws:iam::333333333333:role/Relay'],
      roleArn: 'arn:aws:iam::444444444444:role/Warehouse',
    }),
    rooted: {
      description: 'Looks after the root user of an account',
      mechanism: 'assume-root',
      owner: 'production-owners@example.com',
      via: ['arn:aws:iam::222222222222:role/Gateway', 'arn:aws:iam::555555555555:role/RootTasks'],
      targetPrincipal: '333333333333',
      taskPolicyArn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials',
      trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }],
    },
    long: aProfileDocument({
      owner: 'production-owners@example.com',
      mechanism: 'web-identity',
      acceptedTagKeys: ['Ticket'],
      duration: { maxSeconds: 43200 },
    }),
    tagged: aProfileDocument({ acceptedTagKeys: ['Ticket'], sessionTags: { Broker: 'daypass' } }),
  },
});

/** In the shape of a token. */
export const signedToken = 'eyJhbGciOiJSUzI1NiJ9.eyJDQU5BUlkiOiJjYW5hcnkifQ.Y2FuYXJ5LWNhbmFyeQ';

export const federatorKeyId = 'AKIAFEDERATOR0000001';

/** STS's answer to GetFederationToken, in account 111111111111. */
export function aFederatedAnswer(name: string): StsAnswer {
  const { assumedRole, ...given } = anIssuedAnswer();
  const arn = `arn:aws:sts::111111111111:federated-user/${name}`;
  return { ...given, federatedUser: { arn, federatedUserId: `111111111111:${name}` } };
}

/** It names nobody. */
const aRootAnswer: StsAnswer = {
  state: 'ISSUED',
  credentials: anIssuedAnswer({}, { accessKeyId: 'ASIAROOT000000000000' }).credentials,
  requestId: '88888888-9999-0000-1111-222222222222',
};

/** The use case among ports that write down their calls; `fail` rejects a step, `answer` replaces the answer of STS. */
export function anIssuing(
  options: {
    readonly fail?: { readonly step: Step; readonly error: Error };
    readonly answer?: (request: AssumeRoleRequest) => StsAnswer;
    readonly webIdentityAnswer?: StsAnswer;
    readonly rootAnswer?: StsAnswer;
    readonly federationAnswer?: (request: FederationTokenRequest, accessKeyId: string) => StsAnswer;
    /** Ids of the federator's keys: the first is read, and each renewal finds the next, where there is one. */
    readonly federatorKeyIds?: readonly string[];
    readonly configuration?: Configuration;
    readonly admission?: Pick<Admission, 'admit'>;
  } = {},
) {
  const calls: Call[] = [];
  const record = async (step: Step, call: Call) => {
    calls.push(call);
    if (options.fail?.step === step) throw options.fail.error;
  };
  const consumed = new Set<string>();
  const [firstKeyId = federatorKeyId, ...laterKeyIds] = options.federatorKeyIds ?? [];
  let keyId = firstKeyId;
  let ids = 0;
  const issueCredentials = createIssueCredentials({
    configuration: options.configuration ?? issuingConfiguration,
    admission: options.admission ?? openAdmission,
    issuances: {
      recordDenial: (denial) => record('recordDenial', { denial }),
      recordIntent: (intent) => record('recordIntent', { intent }),
      recordOutcome: (intent, outcome) => record('recordOutcome', { outcome, of: intent.id }),
    },
    sts: {
      assumeRole: async (request, credentials) => {
        const as = credentials === undefined ? {} : { as: credentials.accessKeyId };
        await record('assumeRole', { request, ...as });
        return (options.answer ?? anIssuedAnswer)(request);
      },
      assumeRoleWithWebIdentity: async (webIdentity) => {
        await record('assumeRoleWithWebIdentity', { webIdentity });
        return options.webIdentityAnswer ?? anIssuedAnswer(webIdentity);
      },
    },
    root: {
      assumeRoot: async (root, credentials) => {
        await record('assumeRoot', { root, as: credentials.accessKeyId });
        return options.rootAnswer ?? aRootAnswer;
      },
    },
    webIdentity: {
      url: 'https://daypass.example.com/prod',
      signer: {
        sign: async (signed) => {
          await record('sign', { signed });
          return signedToken;
        },
      },
    },
    federator: {
      keys: {
        current: async () => {
          await record('currentKey', { key: keyId });
          return { accessKeyId: keyId, secretAccessKey: secrets.secretAccessKey };
        },
        renew: async (refused) => {
          await record('renewKey', { renewal: { refused } });
          keyId = laterKeyIds.shift() ?? keyId;
          return keyId !== refused;
        },
      },
      service: {
        getFederationToken: async (federation, { accessKeyId }) => {
          await record('getFederationToken', { federation, as: accessKeyId });
          return options.federationAnswer?.(federation, accessKeyId) ?? aFederatedAnswer(federation.name);
        },
      },
    },
    proofs: {
      consume: async (proof) => {
        await record('consume', { proof });
        const isFirst = !consumed.has(proof.id);
        consumed.add(proof.id);
        return isFirst;
      },
    },
    now: () => nowMs,
    newId: () => `01KDVDPJ00${String(ids++).padStart(16, '0')}`,
    newNonce: () => `nonce-${ids}`,
  });
  return { issueCredentials, calls, steps: () => calls.map((call) => Object.keys(call)[0]) };
}
