import type { Configuration } from '../lambda/core/configuration.ts';

/** Of the trail of the embedded AWS: the existing one's that the configuration names, or that of our own. */
export const toTrailBucketName = ({ trail }: Pick<Configuration, 'trail'>): string =>
  trail.existing?.bucketName ?? 'daypass-trail';
