/** Of every demo caller: what these tokens open is an embedded AWS without anything in it. */
export const demoClientSecret = 'demo-secret';

/** Where `npm run token` finds the demo callers, as `{ "<name>": { "issuer", "tokenEndpoint" } }`. */
export const callersPath = '/_local/callers';
