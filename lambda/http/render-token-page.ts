import { createHash } from 'node:crypto';
import { escapeMarkup } from '../core/escape-markup.ts';
import type { EndpointResponse } from './endpoint.ts';
import type { Handoff } from './saml-request-cookie.ts';

export interface ShownToken {
  readonly token: string;
  readonly issuer: string;
  readonly subject: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** The broker's. */
  readonly url: string;
  /** The terminal at which somebody began. */
  readonly handoff?: Handoff;
}

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}textarea{width:100%;font-family:monospace}';

/** Nothing but this one style sheet and a form to that one address: no script, no other resource, no frame around it. */
const toContentSecurityPolicy = (formAction: string) =>
  [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "base-uri 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
  ].join('; ');

/**
 * A token for somebody at a browser to copy, or to hand to a terminal by a click. It stands in the page alone: in no URL,
 * and for no script to read.
 */
export function renderTokenPage(shown: ShownToken): EndpointResponse {
  const { token, issuer, subject, expiresAt, url, handoff } = shown;
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Signed in to Daypass</title>
<style>${style}</style>
</head>
<body>
<h1>Signed in to Daypass</h1>
<p>You are <strong>${escapeMarkup(subject)}</strong> of <strong>${escapeMarkup(issuer)}</strong> until <time>${escapeMarkup(expiresAt)}</time>.</p>
${handoff === undefined ? '' : renderHandoff(handoff, token)}<p><label for="token">Your token. Whoever has it is you until then.</label></p>
<textarea id="token" rows="8" readonly spellcheck="false" autocomplete="off">${escapeMarkup(token)}</textarea>
<p>With the token in DAYPASS_TOKEN, this lists the profiles that you may use:</p>
<pre><code>curl --header "Authorization: Bearer $DAYPASS_TOKEN" ${escapeMarkup(url)}/v1/profiles</code></pre>
</body>
</html>
`;
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': toContentSecurityPolicy(
        handoff === undefined ? "'none'" : toCallback(handoff),
      ),
      'Referrer-Policy': 'no-referrer',
      'X-Frame-Options': 'DENY',
    },
    body,
  };
}

/** RFC 8252 §8.3: an address, because a name could lead elsewhere. */
const toCallback = ({ port }: Handoff) => `http://127.0.0.1:${port}/callback`;

/** Characters of the state that the page and the terminal both show. */
const comparedLength = 8;

/**
 * Sent by a click and never by itself: a link from somebody else leads here as well, and only whoever looks at the code
 * can tell whose terminal is going to have the token.
 */
const renderHandoff = (handoff: Handoff, token: string) => `\
<form method="post" action="${escapeMarkup(toCallback(handoff))}" autocomplete="off">
<p>A terminal on this computer waits for your token. It shows this code: <code>${escapeMarkup(handoff.state.slice(0, comparedLength))}</code></p>
<input type="hidden" name="token" value="${escapeMarkup(token)}">
<input type="hidden" name="state" value="${escapeMarkup(handoff.state)}">
<p><button type="submit">Yes, sign in there</button></p>
<p>If it shows another code, or you did not begin at a terminal, close this page: whoever sent you here wants your token.</p>
</form>
`;
