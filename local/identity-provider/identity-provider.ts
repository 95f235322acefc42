import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { OidcIssuer } from '../../lambda/core/configuration.ts';
import type { Faults } from '../faults.ts';
import { type Listening, listen } from '../listen.ts';
import type { World, WorldCaller } from '../world.ts';
import { createIssuer, type RequestHandler } from './create-issuer.ts';
import { callersPath } from './demo-callers.ts';
import { meetFault } from './meet-fault.ts';
import { loadSigningKeys } from './signing-keys.ts';

export interface IdentityProviderOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly world: Pick<World, 'issuers' | 'callers'>;
  /** The issuers of the configuration. Those that the world lists are played here, at `<url>/<name>`. */
  readonly issuers: ReadonlyMap<string, OidcIssuer>;
  /** Where the signing keys are kept. */
  readonly dataDirectory: string;
  readonly faults: Pick<Faults, 'take'>;
}

export interface IdentityProvider extends Listening {
  /** URL of each issuer that is played here, by its name. */
  readonly issuerUrls: ReadonlyMap<string, string>;
}

/** The issuers of the local world on one server: discovery, keys, and tokens for the demo callers. */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const handlers = new Map<string, RequestHandler>();
  let callers = '{}';
  const server = createServer((request, response) => {
    if (request.url === callersPath) return answerJson(response, 200, callers);
    void dispatch({ handlers, faults: options.faults }, request, response);
  });
  const played = [...options.issuers.values()].filter(({ name }) =>
    Object.hasOwn(options.world.issuers, name),
  );
  const keys = await Promise.all(
    played.map(({ name, algorithms }) =>
      loadSigningKeys({ directory: options.dataDirectory, issuer: name, algorithms }),
    ),
  );
  const listening = await listen(server, options.port);
  const toUrl = (name: string) => `${listening.url}/${name}`;
  for (const [index, issuer] of played.entries()) {
    const { name } = issuer;
    const handler = createIssuer({
      url: toUrl(name),
      issuer,
      callers: callersOf(options.world, name),
      keys: keys[index] ?? [],
    });
    handlers.set(name, handler);
  }
  callers = JSON.stringify(describeCallers(options.world, handlers, toUrl));
  return { ...listening, issuerUrls: new Map(played.map(({ name }) => [name, toUrl(name)])) };
}

function callersOf({ callers }: Pick<World, 'callers'>, issuer: string): ReadonlyMap<string, WorldCaller> {
  return new Map(Object.entries(callers).filter(([, caller]) => caller.issuer === issuer));
}

function describeCallers(
  { callers }: Pick<World, 'callers'>,
  handlers: ReadonlyMap<string, RequestHandler>,
  toUrl: (issuer: string) => string,
): Readonly<Record<string, { readonly issuer: string; readonly tokenEndpoint: string }>> {
  return Object.fromEntries(
    Object.entries(callers)
      .filter(([, { issuer }]) => handlers.has(issuer))
      .map(([name, { issuer }]) => [name, { issuer, tokenEndpoint: `${toUrl(issuer)}/token` }]),
  );
}

async function dispatch(
  {
    handlers,
    faults,
  }: { readonly handlers: ReadonlyMap<string, RequestHandler>; readonly faults: Pick<Faults, 'take'> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '';
  const [, name = '', rest = ''] = /^\/([^/?]+)(.*)$/s.exec(url) ?? [];
  const handler = handlers.get(name);
  if (handler === undefined) {
    const known = [...handlers.keys()].map((issuer) => `/${issuer}`).join(', ');
    return answerJson(response, 404, JSON.stringify({ error: `no such issuer; allowed: ${known}` }));
  }
  const operation = toOperation(rest);
  const fault = operation === undefined ? undefined : faults.take('identity-provider', operation);
  if (fault !== undefined && (await meetFault(fault, response))) return;
  // As a mounting framework does it: oidc-provider finds the mount path by comparing the two.
  Object.assign(request, { originalUrl: url, url: rest === '' ? '/' : rest });
  await handler(request, response);
}

function toOperation(path: string): 'discovery' | 'jwks' | 'token' | undefined {
  if (path.startsWith('/.well-known/')) return 'discovery';
  if (path.startsWith('/jwks')) return 'jwks';
  return path.startsWith('/token') ? 'token' : undefined;
}

function answerJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}
