import type { ServerResponse } from 'node:http';

/** What a browser is shown at this machine's own address. Nothing of a request stands in it. */
export interface LoopbackPage {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly location?: string;
}

export const loopbackPages = {
  onTheWay: { status: 303, title: 'On the way', text: 'Your browser goes on to sign in.' },
  done: {
    status: 200,
    title: 'Back to the terminal',
    text: 'daypass has what it was waiting for and goes on in your terminal. You may close this window.',
  },
  used: {
    status: 410,
    title: 'This address has been used',
    text: 'It is good once. If it was not you, stop daypass in the terminal. To start again: daypass login',
  },
  foreign: {
    status: 400,
    title: 'Not what daypass is waiting for',
    text: 'This answer belongs to another login. To start again: daypass login',
  },
  unknown: { status: 404, title: 'Nothing here', text: 'daypass waits for a sign-in at another address.' },
} as const satisfies Readonly<Record<string, LoopbackPage>>;

export function sendPage(response: ServerResponse, { status, title, text, location }: LoopbackPage): void {
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      connection: 'close',
      ...(location === undefined ? {} : { location }),
    })
    .end(
      `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`,
    );
}
