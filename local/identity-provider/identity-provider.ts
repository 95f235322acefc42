import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Issuer } from '../../lambda/core/configuration.ts';
import type { LocalSettings } from '../compile-local-configuration.ts';
import type { Faults } from '../faults.ts';
import { type Listening, listen } from '../listen.ts';
import type { World, WorldCaller } from '../world.ts';
import { callersPath, type DemoCaller } from './demo-callers.ts';
import { meetFault } from './meet-fault.ts';
import { algorithmsOf, isPlayable, type PlayedIssuer, playIssuer } from './play-issuer.ts';
import { loadSigningKeys } from './signing-keys.ts';

export interface IdentityProviderOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly world: Pick<World, 'issuers' | 'callers' | 'users'>;
  /** The issuers of the configuration. Those that the world lists are played here, at `<url>/<name>`. */
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** Where the signing keys are kept. */
  readonly dataDirectory: string;
  readonly faults: Pick<Faults, 'take'>;
  /** Epoch milliseconds, for SAML and integrations. @default Date.now */
  readonly now?: () => number;
}

export interface IdentityProvider extends Listening {
  /** URL of each issuer that is played here, by its name. */
  readonly issuerUrls: ReadonlyMap<string, string>;
  /** What `compileLocalConfiguration` puts in the place of each one's own settings. */
  readonly settings: ReadonlyMap<string, LocalSettings>;
}

/** The issuers of the local world on one server, with the demo callers as those whom they vouch for. */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { world, now = Date.now } = options;
  const played = new Map<string, PlayedIssuer>();
  let callers = '{}';
  const server = createServer((request, response) => {
    if (request.url === callersPath) return answerJson(response, 200, callers);
    dispatch({ played, faults: options.faults }, request, response).catch((error: unknown) => {
      // What breaks here ends one answer, and not the whole of the local run.
      process.stderr.write(`identity provider: ${error instanceof Error ? error.stack : error}\n`);
      response.destroy();
    });
  });
  // Before anything listens: a directory that cannot be read leaves no server behind.
  const issuers = await Promise.all(
    [...options.issuers.values()]
      .filter(isPlayable)
      .filter(({ name }) => Object.hasOwn(world.issuers, name))
      .map(async (issuer) => ({ issuer, keys: await loadKeys(issuer.name, algorithmsOf(issuer)) })),
  );
  const listening = await listen(server, options.port);
  const toUrl = (name: string) => `${listening.url}/${name}`;
  for (const { issuer, keys } of issuers) {
    const { name } = issuer;
    played.set(name, playIssuer({ issuer, url: toUrl(name), callers: callersOf(world, name), keys, now }));
  }
  callers = JSON.stringify(describeCallers(options, played));
  return {
    ...listening,
    issuerUrls: new Map([...played.keys()].map((name) => [name, toUrl(name)])),
    settings: new Map([...played].map(([name, { settings }]) => [name, settings])),
  };

  function loadKeys(issuer: string, algorithms: ReturnType<typeof algorithmsOf>) {
    return loadSigningKeys({ directory: options.dataDirectory, issuer, algorithms });
  }
}

function callersOf({ callers }: Pick<World, 'callers'>, issuer: string): ReadonlyMap<string, WorldCaller> {
  return new Map(Object.entries(callers).filter(([, caller]) => caller.issuer === issuer));
}

/** Users of the embedded AWS as well, for whoever asks for a token of theirs; a demo caller of the same name goes first. */
function describeCallers(
  { world, issuers }: Pick<IdentityProviderOptions, 'world' | 'issuers'>,
  played: ReadonlyMap<string, PlayedIssuer>,
): Readonly<Record<string, DemoCaller>> {
  const aws = [...issuers.values()].find(({ type }) => type === 'iam');
  const users = aws === undefined ? [] : [...world.users.values()];
  return Object.fromEntries<DemoCaller>([
    ...users.map(({ name, arn }) => [name, { issuer: aws?.name ?? '', awsUser: arn }] as const),
    ...Object.entries(world.callers).flatMap(([name, { issuer }]) => {
      const endpoint = played.get(issuer)?.endpoint;
      return endpoint === undefined ? [] : [[name, { issuer, ...endpoint }] as const];
    }),
  ]);
}

async function dispatch(
  {
    played,
    faults,
  }: { readonly played: ReadonlyMap<string, PlayedIssuer>; readonly faults: Pick<Faults, 'take'> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '';
  const [, name = '', rest = ''] = /^\/([^/?]+)(.*)$/s.exec(url) ?? [];
  const issuer = played.get(name);
  if (issuer === undefined) {
    const known = [...played.keys()].map((one) => `/${one}`).join(', ');
    return answerJson(response, 404, JSON.stringify({ error: `no such issuer; allowed: ${known}` }));
  }
  const operation = toOperation(rest);
  const fault = operation === undefined ? undefined : faults.take('identity-provider', operation);
  if (fault !== undefined && (await meetFault(fault, response))) return;
  // As a mounting framework does it: oidc-provider finds the mount path by comparing the two.
  Object.assign(request, { originalUrl: url, url: rest === '' ? '/' : rest });
  await issuer.handle(request, response);
}

function toOperation(path: string): 'discovery' | 'jwks' | 'token' | 'sso' | 'auth' | 'device' | undefined {
  if (path.startsWith('/.well-known/')) return 'discovery';
  if (path.startsWith('/jwks')) return 'jwks';
  if (path.startsWith('/auth') || path.startsWith('/interaction')) return 'auth';
  if (path.startsWith('/device')) return 'device';
  if (path.startsWith('/sso') || path.startsWith('/response')) return 'sso';
  return path.startsWith('/token') ? 'token' : undefined;
}

function answerJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}
