import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import type { OidcIssuer } from '../../lambda/core/configuration.ts';
import type { WorldCaller } from '../world.ts';
import { readForm } from './read-form.ts';
import { toCallersPage, toErrorPage } from './sign-in-pages.ts';

/** Below an issuer's URL, with the interaction's id behind it. */
export const interactionPath = '/interaction/';

export const isInteraction = ({ url = '' }: IncomingMessage) => url.startsWith(interactionPath);

/** The page on which whoever sits at the browser says which demo caller it is, and what its buttons post to. */
export async function answerInteraction(
  provider: Provider,
  { issuer, callers }: { readonly issuer: OidcIssuer; readonly callers: ReadonlyMap<string, WorldCaller> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { params } = await provider.interactionDetails(request, response);
    const name = (await readForm(request)).get('caller') ?? '';
    const caller = callers.get(name);
    if (request.method === 'POST' && caller !== undefined) {
      const { acr, amr } = caller.claims;
      const login = { accountId: name, remember: false, acr, amr };
      return await provider.interactionFinished(request, response, { login });
    }
    const clientId = String(params['client_id']);
    send(response, 200, toCallersPage({ issuer: issuer.name, clientId, callers: [...callers.keys()] }));
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    send(response, 400, toErrorPage({ error: 'this sign-in is over, or began in another browser' }));
  }
}

function send(response: ServerResponse, status: number, page: string): void {
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' };
  response.writeHead(status, headers).end(page);
}

/**
 * As if nobody had signed in with this browser before, so that each sign-in asks who one is; and `offline_access` is
 * had without `prompt=consent`, as most identity providers have it.
 */
export function beginAnew(request: IncomingMessage): void {
  const { url = '', headers, originalUrl = url } = request as IncomingMessage & { originalUrl?: string };
  const isBeginning = request.method === 'GET' && /^\/(?:auth(?:\/[^?]*)?|device)(?:\?|$)/.test(url);
  if (!isBeginning) return;
  headers.cookie = (headers.cookie ?? '')
    .split(/; */)
    .filter((cookie) => !/^_session(?:\.sig)?=/.test(cookie))
    .join('; ');
  const query = new URLSearchParams(url.replace(/^[^?]*/, ''));
  if (!query.get('scope')?.split(' ').includes('offline_access') || query.has('prompt')) return;
  Object.assign(request, { url: `${url}&prompt=consent`, originalUrl: `${originalUrl}&prompt=consent` });
}
