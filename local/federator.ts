import { createHash } from 'node:crypto';
import { type Configuration, type Deployment, usesFederator } from '../lambda/core/configuration.ts';
import { toRoleName } from '../lambda/core/function-roles.ts';
import { rotationDays } from '../lambda/core/is-rotation-overdue.ts';
import { deactivationEvent } from '../lambda/core/rotation-event.ts';
import { createFederatorPolicies, toFederatorUserNames } from '../lib/federator-policies.ts';
import { firstSecretValue, toFederatorSecretPolicy } from '../lib/federator-secret.ts';
import type { InitialSecret } from './aws/secretsmanager/rotations.ts';
import { startSchedule } from './start-schedule.ts';
import type { WorldUser } from './world.ts';

/** The federator as the stack makes it. */
export interface LocalFederator {
  readonly user: WorldUser;
  readonly secret: InitialSecret;
}

const toSecretName = ({ stage }: Pick<Deployment, 'stage'>) => `daypass-${stage}-federator`;

/** Known before there is a secret: its end follows from the name, where AWS's own is random. */
export function toFederatorSecretArn(deployment: Deployment): string {
  const { partition, region, accountId } = deployment;
  const name = toSecretName(deployment);
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
}

/**
 * None where no profile needs one.
 *
 * @throws ConfigurationError as the synthesis does
 */
export function toLocalFederator(configuration: Configuration): LocalFederator | undefined {
  if (!usesFederator(configuration)) return undefined;
  const { deployment } = configuration;
  const { partition, region, accountId } = deployment;
  const user = toFederatorUserNames(deployment);
  return {
    user: {
      arn: user.arn,
      policies: createFederatorPolicies(configuration).map((Statement) => ({
        Version: '2012-10-17',
        Statement,
      })),
    },
    secret: {
      arn: toFederatorSecretArn(deployment),
      name: toSecretName(deployment),
      value: JSON.stringify(firstSecretValue),
      rotationFunctionArn: `arn:${partition}:lambda:${region}:${accountId}:function:${toRoleName(deployment, 'rotation')}`,
      rotationRules: { AutomaticallyAfterDays: rotationDays },
      resourcePolicy: toFederatorSecretPolicy(deployment),
    },
  };
}

const hourMs = 3_600_000;

/** The hourly rule. @returns what ends it */
export function startKeySchedule(
  invoke: (event: unknown) => Promise<unknown>,
  log: (line: string) => void,
): () => Promise<void> {
  return startSchedule({
    ...{ event: deactivationEvent, everyMs: hourMs, invoke, log },
    failure: 'the hourly task of the rotation failed',
    // A run that never lasts an hour would leave the key before the current one active for ever.
    atOnce: true,
  });
}
