import type { Denial, Intent, Outcome } from '../../lambda/core/issuance.ts';
import { createIssueCredentials } from '../../lambda/core/issue-credentials.ts';
import type {
  AssumeRoleRequest,
  AssumeRoleWithWebIdentityRequest,
  SingleUseProof,
  StsAnswer,
} from '../../lambda/core/ports.ts';
import { aConfiguration, aProfileDocument } from './a-configuration.ts';
import { anIssuedAnswer } from './an-issuance.ts';
import { nowMs } from './tokens.ts';

/** One call of a port, in the order of the calls. */
export type Call =
  | { readonly proof: SingleUseProof }
  | { readonly denial: Denial }
  | { readonly intent: Intent }
  /** `as`: the access key id of the session that calls; absent for the function's own role. */
  | { readonly request: AssumeRoleRequest; readonly as?: string }
  | { readonly signed: { readonly type: string; readonly claims: object } }
  | { readonly webIdentity: AssumeRoleWithWebIdentityRequest }
  | { readonly outcome: Outcome; readonly of: string };

export type Step =
  | 'consume'
  | 'recordDenial'
  | 'recordIntent'
  | 'assumeRole'
  | 'sign'
  | 'assumeRoleWithWebIdentity'
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

/** The use case among ports that write down their calls; `fail` rejects a step, `answer` replaces the answer of STS. */
export function anIssuing(
  options: {
    readonly fail?: { readonly step: Step; readonly error: Error };
    readonly answer?: (request: AssumeRoleRequest) => StsAnswer;
    readonly webIdentityAnswer?: StsAnswer;
  } = {},
) {
  const calls: Call[] = [];
  const record = async (step: Step, call: Call) => {
    calls.push(call);
    if (options.fail?.step === step) throw options.fail.error;
  };
  const consumed = new Set<string>();
  let ids = 0;
  const issueCredentials = createIssueCredentials({
    configuration: issuingConfiguration,
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
    webIdentity: {
      url: 'https://daypass.example.com/prod',
      signer: {
        sign: async (signed) => {
          await record('sign', { signed });
          return signedToken;
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
