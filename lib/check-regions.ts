import type { Configuration } from '../lambda/core/configuration.ts';
import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import type { Problem } from '../lambda/core/policy/policy.ts';
import { isPrimary, toOtherRegions, toPrimaryRegion } from '../lambda/core/regions.ts';

/** What the stack is given beside its configuration, of regions. */
export interface RegionOptions {
  readonly replicas?: readonly { readonly region: string }[];
  readonly copies?: object;
}

/**
 * @throws ConfigurationError where the primary region has other copies than the configuration has regions, or another
 * region has tables of its own
 */
export function checkRegions({ deployment, trail, profiles }: Configuration, options: RegionOptions): void {
  const { region } = deployment;
  const primaryRegion = toPrimaryRegion(deployment);
  const others = [...toOtherRegions(deployment)].sort();
  const given = options.replicas?.map((replica) => replica.region);
  const problems = isPrimary(deployment)
    ? [
        ...refuse(
          'copies',
          options.copies,
          `leave it out in ${region}, the primary region, which makes the tables`,
        ),
        ...(JSON.stringify([...(given ?? [])].sort()) === JSON.stringify(others)
          ? []
          : [
              {
                path: ['replicas'],
                value: given,
                allowed: `one for each other region of deployment.regions: ${others.join(', ') || 'none'}`,
              },
            ]),
      ]
    : [
        ...refuse('replicas', given, `leave it out but in ${primaryRegion}, the primary region`),
        ...(options.copies === undefined
          ? [{ path: ['copies'], value: undefined, allowed: `the copies of the tables of ${primaryRegion}` }]
          : []),
      ];
  const trails =
    deployment.regions === undefined || trail.existing !== undefined
      ? []
      : [
          {
            path: ['trail', 'existing'],
            value: undefined,
            allowed:
              'with more than one region, a trail that is there already: each stack would make one otherwise',
          },
        ];
  const signing = deployment.regions === undefined ? [] : refuseSigning(profiles);
  const all = [...problems, ...trails, ...signing];
  if (all.length > 0) throw new ConfigurationError(all);
}

/** Sessions by another region's own tokens go unnoticed: the reconciler, in the primary region, knows one URL alone. */
const refuseSigning = (profiles: Configuration['profiles']): readonly Problem[] =>
  [...profiles.values()]
    .filter((profile) => profile.mechanism === 'web-identity' && !profile.passthrough)
    .map(({ name, mechanism }) => ({
      path: ['profiles', name, 'mechanism'],
      value: mechanism,
      allowed:
        'with more than one region, web-identity with passthrough alone, or another mechanism: each region would sign tokens under a URL of its own, which the reconciliation does not know',
    }));

const refuse = (name: string, value: unknown, allowed: string): readonly Problem[] =>
  value === undefined ? [] : [{ path: [name], value, allowed }];
