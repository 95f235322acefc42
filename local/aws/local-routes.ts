import { type Faults, parseFaults } from '../faults.ts';
import type { AuthorizationMessages } from './authorization-message-route.ts';
import type { CloudTrail } from './cloudtrail.ts';
import type { Events } from './events/events.ts';
import { type Answer, type AwsRequest, header } from './exchange.ts';
import type { ExpiredCredentials } from './expired-credentials.ts';
import type { AccessKeyStore } from './iam/access-key-store.ts';
import { setNewKeys } from './iam/new-keys-route.ts';
import { toIsoSeconds } from './principal-context.ts';
import type { ServiceCredentialsSource } from './service-credentials.ts';
import { type OwnIssuers, webIdentityPath } from './web-identity-issuers.ts';

export interface LocalRoutesOptions {
  readonly cloudTrail: CloudTrail;
  readonly events: Pick<Events, 'list'>;
  readonly faults: Faults;
  readonly expired: ExpiredCredentials;
  readonly serviceCredentials: ServiceCredentialsSource;
  readonly accessKeys: Pick<AccessKeyStore, 'setNewKeys'>;
  readonly authorizationMessages: AuthorizationMessages;
  readonly ownIssuers: OwnIssuers;
}

export const localPrefix = '/_local/';
export const containerCredentialsPath = `${localPrefix}container-credentials/`;

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly shown: string;
  readonly answer: (request: AwsRequest, parameter: string) => Answer;
}

/** What AWS doesn't have: the switches and windows of development and tests. */
export function createLocalRoutes(options: LocalRoutesOptions): (request: AwsRequest) => Answer {
  const routes = toRoutes(options);
  return (request) => {
    const refusal = refuseForeign(request);
    if (refusal !== undefined) return refusal;
    for (const route of routes) {
      const match = route.path.exec(request.path);
      if (match !== null && route.method === request.method) return route.answer(request, match[1] ?? '');
    }
    const shown = routes.map((route) => `${route.method} ${route.shown}`).join(', ');
    return json(404, { message: `there is no such route; allowed: ${shown}` });
  };
}

function toRoutes({
  cloudTrail,
  events,
  faults,
  expired,
  serviceCredentials,
  accessKeys,
  authorizationMessages,
  ownIssuers,
}: LocalRoutesOptions): readonly Route[] {
  const listFaults = () => json(200, faults.list());
  return [
    {
      ...at('GET', '/_local/cloudtrail'),
      answer: () => json(200, { Records: cloudTrail.list() }),
    },
    {
      ...at('GET', '/_local/events'),
      answer: () => json(200, { Events: events.list() }),
    },
    { ...at('GET', '/_local/faults'), answer: listFaults },
    {
      ...at('PUT', '/_local/faults'),
      answer: ({ body }) => {
        try {
          faults.replace(parseFaults(JSON.parse(body.toString('utf8'))));
        } catch (error) {
          if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
          return json(400, { message: error.message });
        }
        return listFaults();
      },
    },
    {
      ...at('DELETE', '/_local/faults'),
      answer: () => {
        faults.clear();
        return listFaults();
      },
    },
    {
      ...at('PUT', '/_local/iam/new-keys'),
      answer: ({ body }) => {
        const answer = setNewKeys(accessKeys, body.toString('utf8'));
        return json(answer.status, answer.body);
      },
    },
    {
      method: 'POST',
      path: /^\/_local\/credentials\/([^/]+)\/expire$/,
      shown: '/_local/credentials/{accessKeyId}/expire',
      answer: (_request, accessKeyId) => {
        if (!/^ASIA[A-Z2-7]{16}$/.test(accessKeyId)) {
          return json(400, { message: 'allowed: the access key id of temporary credentials, ASIA…' });
        }
        expired.add(accessKeyId);
        return { status: 204, headers: {}, body: '' };
      },
    },
    {
      method: 'GET',
      path: /^\/_local\/container-credentials\/([0-9a-f]+)$/,
      shown: '/_local/container-credentials/{name}',
      answer: (request, name) => {
        const credentials = serviceCredentials.mint(name, header(request, 'authorization'));
        if (credentials === undefined) {
          return json(403, { Code: 'AccessDenied', Message: 'the authorization token is wrong' });
        }
        return json(200, {
          AccessKeyId: credentials.accessKeyId,
          SecretAccessKey: credentials.secretAccessKey,
          Token: credentials.sessionToken,
          Expiration: toIsoSeconds(credentials.expiration.getTime()),
        });
      },
    },
    {
      ...at('POST', '/_local/authorization-messages'),
      answer: ({ body }) => {
        const answer = authorizationMessages(body.toString('utf8'));
        return json(answer.status, answer.body);
      },
    },
    webIdentityRoute(ownIssuers, 'openid-configuration', 'discovery'),
    webIdentityRoute(ownIssuers, 'jwks.json', 'keys'),
  ];
}

/** What the verifiers of GetWebIdentityToken's tokens fetch. */
const webIdentityRoute = (ownIssuers: OwnIssuers, file: string, name: 'discovery' | 'keys'): Route => ({
  method: 'GET',
  path: new RegExp(`^${webIdentityPath}(\\d{12})/\\.well-known/${file.replace('.', '\\.')}$`),
  shown: `${webIdentityPath}{account}/.well-known/${file}`,
  answer: (_request, accountId) => {
    const document = ownIssuers.document(accountId, name);
    return document === undefined ? json(404, { message: 'there is no such account' }) : json(200, document);
  },
});

const at = (method: string, path: string) => ({ method, path: new RegExp(`^${path}$`), shown: path });

/**
 * These routes need no signature, so they must be out of a browser's reach: a page of some site can send requests to
 * loopback (they carry an Origin), and a site can point its own name at 127.0.0.1 (the Host is then that name).
 */
function refuseForeign(request: AwsRequest): Answer | undefined {
  const host = header(request, 'host') ?? '';
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host)) {
    return json(403, { message: 'allowed as Host: 127.0.0.1, localhost or [::1]' });
  }
  if (request.headers.has('origin')) return json(403, { message: 'requests from web pages are not allowed' });
  return undefined;
}

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
});
