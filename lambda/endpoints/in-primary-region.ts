import type { Deployment } from '../core/configuration.ts';
import { NotPrimaryRegionError } from '../core/errors.ts';
import { isPrimary, toPrimaryRegion } from '../core/regions.ts';
import type { Endpoint } from '../http/endpoint.ts';

/**
 * The endpoint as it is in the primary region; in others one that refuses before anything is looked at. Of two versions
 * that were written in two regions at once, the table's copies would keep one, and both would have been confirmed.
 */
export const inPrimaryRegion =
  (deployment: Pick<Deployment, 'region' | 'regions'>) =>
  (endpoint: Endpoint): Endpoint =>
    isPrimary(deployment) ? endpoint : () => Promise.reject(toRefusal(toPrimaryRegion(deployment)));

const toRefusal = (primaryRegion: string) =>
  new NotPrimaryRegionError(
    `integrations are changed in ${primaryRegion} alone; send this to the broker there`,
    {
      extensions: { primaryRegion },
    },
  );
