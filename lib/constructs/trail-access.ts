import { CfnElement, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { toTrailObjects } from '../reconciliation-permissions.ts';
import type { Trail } from './trail.ts';

type Settings = Pick<Configuration, 'trail' | 'deployment'>;

/** The deployment's own trail, or the one that the configuration names. */
export function toTrailAccess(trail: Trail | undefined, { trail: settings, deployment }: Settings) {
  if (trail !== undefined) return { trailBucketArn: trail.bucket.bucketArn, trailKeyArn: trail.key.keyArn };
  const { bucketName, keyArn } = settings.existing ?? { bucketName: '' };
  return {
    trailBucketArn: `arn:${deployment.partition}:s3:::${bucketName}`,
    ...(keyArn === undefined ? {} : { trailKeyArn: keyArn }),
  };
}

/** The trail's objects of events as cdk-nag names them: each has a name of its own, which nobody knows before. */
export function toTrailFinding(scope: Construct, trail: Trail | undefined, settings: Settings): string {
  const bucket = trail?.bucket.node.defaultChild;
  const bucketArn =
    bucket !== undefined && CfnElement.isCfnElement(bucket)
      ? `<${Stack.of(scope).getLogicalId(bucket)}.Arn>`
      : toTrailAccess(trail, settings).trailBucketArn;
  return `AwsSolutions-IAM5[Resource::${toTrailObjects(bucketArn, settings.trail, settings.deployment)}]`;
}
