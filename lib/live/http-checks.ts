import {
  isLoopback,
  type LiveCheck,
  type LiveResult,
  type LiveTarget,
  skip,
  toResult,
} from './live-check.ts';

/** What the API answers to whoever has no proof: nothing is issued, written down or changed by these. */
export function createHttpChecks({ url, defaultEndpoint }: LiveTarget): readonly LiveCheck[] {
  const refused = (claim: string, request: Ask, expected: Expected): LiveCheck => ({
    claim,
    expected: `${expected.status} ${expected.code}, a problem document`,
    run: async () => judgeProblem(await ask(url, request), expected),
  });
  return [
    {
      claim: 'The broker answers, and nothing keeps what it answers',
      expected: '200, Cache-Control no-store, X-Content-Type-Options nosniff',
      run: async () => judgeHealth(await ask(url, { path: '/v1/health' })),
    },
    {
      claim: 'It is the deployment that is meant',
      expected:
        'version, region and issuers at /.well-known/daypass; the region of the URL, where it names one',
      run: async () => judgeDeployment(await ask(url, { path: '/.well-known/daypass' }), url),
    },
    {
      claim: 'A request without a token is told how to bring one',
      expected: '401 unauthenticated, WWW-Authenticate: Bearer',
      run: async () => judgeChallenge(await ask(url, { path: '/v1/whoami' })),
    },
    refused(
      'A token that nobody signed is refused',
      { path: '/v1/whoami', headers: { authorization: forged } },
      { status: 401, code: 'unauthenticated' },
    ),
    refused(
      'A path that is no route is refused',
      { path: '/v1/nothing-here' },
      { status: 403, code: 'unknown-route' },
    ),
    refused(
      'An unsigned request under /iam is refused',
      { path: '/iam/v1/whoami' },
      { status: 403, code: 'unknown-route' },
    ),
    refused(
      'Another case of a path reaches no other route',
      { path: '/v1/Whoami' },
      { status: 403, code: 'unknown-route' },
    ),
    refused(
      'A bearer token under /iam is no signature',
      { path: '/iam/v1/whoami', headers: { authorization: forged } },
      { status: 403, code: 'invalid-signature' },
    ),
    refused(
      'A method that the path has not is refused',
      { path: '/v1/whoami', method: 'DELETE' },
      { status: 403, code: 'unknown-route' },
    ),
    {
      claim: 'The firewall refuses what is known to be bad',
      expected: '403 refused-by-firewall',
      run: async () =>
        isLoopback(url)
          ? skip('there is no firewall on loopback')
          : judgeProblem(await ask(url, { path: '/v1/health', headers: { 'user-agent': knownBad } }), {
              ...{ status: 403, code: 'refused-by-firewall' },
            }),
    },
    {
      claim: "API Gateway's own address is off",
      expected: 'no 200 from /v1/health there',
      run: async () =>
        defaultEndpoint === undefined
          ? skip('--default-endpoint was not given; it is the one address where there is no name of its own')
          : judgeOff(await ask(defaultEndpoint, { path: '/v1/health' })),
    },
  ];
}

/** A JWT by its form, whose signature is none: `{"alg":"RS256"}`, `{"iss":"https://example.com"}`. */
const forged = 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2V4YW1wbGUuY29tIn0.c2lnbmF0dXJl';

/** What the rule Log4JRCE of AWSManagedRulesKnownBadInputsRuleSet looks for. It names no host that there is. */
const knownBad = '${jndi:ldap://example.invalid/}';

interface Ask {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** `undefined` where it is no JSON. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

interface Expected {
  readonly status: number;
  readonly code: string;
}

async function ask(base: URL, { path, method = 'GET', headers = {} }: Ask): Promise<Answer> {
  const response = await fetch(`${base.href.replace(/\/$/, '')}${path}`, {
    ...{ method, headers, redirect: 'manual' },
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, headers: response.headers, json: toJson(await response.text()) };
}

function toJson(text: string): Answer['json'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Answer['json']) : undefined;
  } catch {
    return undefined;
  }
}

const show = ({ status, json }: Answer): string =>
  `${status} ${json === undefined ? 'no JSON' : String(json['code'] ?? '')}`.trim();

function judgeProblem(answer: Answer, { status, code }: Expected): LiveResult {
  const type = answer.headers.get('content-type') ?? 'no content type';
  const passed =
    answer.status === status && answer.json?.['code'] === code && /^application\/problem\+json\b/.test(type);
  return toResult(passed, `${show(answer)}, ${type}`);
}

function judgeChallenge(answer: Answer): LiveResult {
  const challenge = answer.headers.get('www-authenticate') ?? '';
  const { outcome } = judgeProblem(answer, { status: 401, code: 'unauthenticated' });
  // API Gateway may hand it over under another name: see docs/live-checks.md.
  return toResult(
    outcome === 'PASS' && /^Bearer\b/.test(challenge),
    `${show(answer)}, WWW-Authenticate: ${challenge || 'none'}`,
  );
}

function judgeHealth(answer: Answer): LiveResult {
  const kept = answer.headers.get('cache-control') ?? 'none';
  const sniffed = answer.headers.get('x-content-type-options') ?? 'none';
  return toResult(
    answer.status === 200 && kept.includes('no-store') && sniffed === 'nosniff',
    `${answer.status}, Cache-Control ${kept}, X-Content-Type-Options ${sniffed}`,
  );
}

function judgeDeployment(answer: Answer, { hostname }: URL): LiveResult {
  const { version, region } = answer.json ?? {};
  const [, named] = /\.execute-api\.([a-z0-9-]+)\.amazonaws\./.exec(hostname) ?? [];
  const passed = answer.status === 200 && typeof version === 'string' && typeof region === 'string';
  return toResult(
    passed && (named === undefined || named === region),
    `${answer.status}, version ${version}, region ${region}`,
  );
}

const judgeOff = (answer: Answer): LiveResult => toResult(answer.status !== 200, show(answer));
