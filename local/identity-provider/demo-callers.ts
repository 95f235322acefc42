/** Of every demo caller: what these tokens open is an embedded AWS without anything in it. */
export const demoClientSecret = 'demo-secret';

/** Where `npm run token` finds the demo callers, as `{ "<name>": DemoCaller }`. */
export const callersPath = '/_local/callers';

/** How a demo caller comes by its proof: by a token, a SAML response, or the AWS keys of `local/world.yaml`. */
export type DemoCaller = { readonly issuer: string } & (
  | { readonly tokenEndpoint: string }
  | { readonly responseEndpoint: string }
  | { readonly awsUser: string }
);
