import { createHash } from 'node:crypto';
import { escapeMarkup } from '../core/escape-markup.ts';
import type { EndpointResponse } from './endpoint.ts';

export interface ShownToken {
  readonly token: string;
  readonly issuer: string;
  readonly subject: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** The broker's. */
  readonly url: string;
}

const style =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}textarea{width:100%;font-family:monospace}';

/** Nothing but this one style sheet: no script, no other resource, no form, no frame around it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A token for somebody at a browser to copy. It stands in the page alone: in no URL, and for no script to read. */
export function renderTokenPage({ token, issuer, subject, expiresAt, url }: ShownToken): EndpointResponse {
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
<p><label for="token">Your token. Whoever has it is you until then.</label></p>
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
      'Content-Security-Policy': contentSecurityPolicy,
      'Referrer-Policy': 'no-referrer',
      'X-Frame-Options': 'DENY',
    },
    body,
  };
}
