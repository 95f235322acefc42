import { validationError } from './constraints.ts';
import type { StsCall } from './sts-call.ts';

/** Calls to the global endpoint are signed for it; so are those to that region's own. */
const globalRegion = 'us-east-1';

/**
 * @throws AwsError where the call went to the global endpoint, which some operations don't have. In a world whose own
 * region is us-east-1 nothing tells the two apart, and it passes.
 */
export function requireRegionalEndpoint({ region, world }: StsCall, operation: string): void {
  if (region !== globalRegion || world.region === globalRegion) return;
  throw validationError(
    `${operation} is not supported on the global STS endpoint. Send the request to a Regional STS endpoint.`,
  );
}
