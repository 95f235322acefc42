import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { Effect, PolicyStatement, ServicePrincipal, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type CfnBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Deployment } from '../../lambda/core/configuration.ts';
import { toKeptBucketProps } from './kept-bucket.ts';
import type { TrailQueue } from './trail-queue.ts';

export interface TrailProps {
  readonly deployment: Pick<Deployment, 'accountId' | 'region' | 'partition' | 'stage'>;
  /** How long its objects can't be deleted. */
  readonly retention: Duration;
  /** Is told of each new object. */
  readonly queue: TrailQueue;
}

/**
 * CloudTrail's record of the account: every region, reading and writing calls, in a bucket where nobody changes it.
 * Outlives the stack, as does the key that it needs.
 */
export class Trail extends Construct {
  readonly bucket: Bucket;
  /** Never the company's: CloudTrail needs one whose policy names this trail, and an imported key's is not ours to change. */
  readonly key: Key;
  readonly trail: CfnTrail;

  constructor(scope: Construct, id: string, props: TrailProps) {
    super(scope, id);
    const { deployment } = props;
    const { partition, region, accountId, stage } = deployment;
    const trailName = `daypass-${stage}-${region}`;
    // Known by its name, because bucket and key have to name the trail before it is there.
    const trailArn = `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${trailName}`;
    this.key = new Key(this, 'Key', {
      description: "Daypass: CloudTrail's record",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.grantEncryption(trailArn);
    this.bucket = this.createBucket(props);
    this.grantDelivery(trailArn, accountId);
    this.tell(props.queue, accountId);
    this.trail = new CfnTrail(this, 'Trail', {
      trailName,
      isLogging: true,
      s3BucketName: this.bucket.bucketName,
      kmsKeyId: this.key.keyArn,
      isMultiRegionTrail: true,
      // Calls of STS's global endpoint.
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      // AssumeRole is a reading call: without these a trail has none of what this is about.
      eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true }],
    });
    if (this.bucket.policy !== undefined) this.trail.node.addDependency(this.bucket.policy);
    this.trail.node.addDependency(this.key);
    // The bucket is kept: nobody may write into it, or shorten what it keeps, after the stack either.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  private createBucket({ retention }: TrailProps): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      ...toKeptBucketProps(this.key),
      minimumTLSVersion: 1.2,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention.governance(retention),
      lifecycleRules: [
        {
          expiration: retention.plus(Duration.days(30)),
          noncurrentVersionExpiration: Duration.days(30),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Nobody but CloudTrail may write, and one function reads; who else reads shows as data events of a trail that has them, and a bucket of access logs would need one itself',
    });
    return bucket;
  }

  /** Source: CloudTrail guide, "Configure AWS KMS key policies for CloudTrail". */
  private grantEncryption(trailArn: string): void {
    const cloudTrail = new ServicePrincipal('cloudtrail.amazonaws.com');
    const ofTrail = { 'aws:SourceArn': trailArn };
    const { partition, account } = Stack.of(this);
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudTrailEncrypts',
        principals: [cloudTrail],
        actions: ['kms:GenerateDataKey*'],
        // In a key's policy this is the key itself.
        resources: ['*'],
        conditions: {
          StringEquals: ofTrail,
          StringLike: {
            'kms:EncryptionContext:aws:cloudtrail:arn': `arn:${partition}:cloudtrail:*:${account}:trail/*`,
          },
        },
      }),
    );
    this.key.addToResourcePolicy(
      new PolicyStatement({
        // For a bucket with a bucket key a trail can't be made without.
        sid: 'CloudTrailDecrypts',
        principals: [cloudTrail],
        actions: ['kms:Decrypt'],
        resources: ['*'],
        conditions: { StringEquals: ofTrail },
      }),
    );
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudTrailDescribesKey',
        principals: [cloudTrail],
        actions: ['kms:DescribeKey'],
        resources: ['*'],
        conditions: { StringEquals: ofTrail },
      }),
    );
  }

  /** Source: CloudTrail guide, "Amazon S3 bucket policy for CloudTrail". */
  private grantDelivery(trailArn: string, accountId: string): void {
    const principals = [new ServicePrincipal('cloudtrail.amazonaws.com')];
    const objects = this.bucket.arnForObjects('*');
    const statements = [
      new PolicyStatement({
        sid: 'CloudTrailLooks',
        principals,
        actions: ['s3:GetBucketAcl'],
        resources: [this.bucket.bucketArn],
        conditions: { StringEquals: { 'aws:SourceArn': trailArn } },
      }),
      new PolicyStatement({
        sid: 'CloudTrailDelivers',
        principals,
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`AWSLogs/${accountId}/*`)],
        conditions: {
          StringEquals: { 'aws:SourceArn': trailArn, 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      }),
      // An object of anybody else's would be taken for CloudTrail's word.
      new PolicyStatement({
        sid: 'NobodyElseWrites',
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        // S3 copies from another bucket by a role of its owner's, which is no service.
        actions: ['s3:PutObject', 's3:ReplicateObject', 's3:ReplicateDelete'],
        resources: [objects],
        conditions: { Bool: { 'aws:PrincipalIsAWSService': 'false' } },
      }),
      // Whoever needs to has to change this policy first, which CloudTrail shows.
      new PolicyStatement({
        sid: 'NobodyShortensRetention',
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: ['s3:BypassGovernanceRetention', 's3:PutObjectRetention'],
        resources: [objects],
      }),
    ];
    for (const statement of statements) this.bucket.addToResourcePolicy(statement);
  }

  /** By the bucket's own property: CDK's notifications would be a function with permissions on every bucket. */
  private tell({ queue, policy }: TrailQueue, accountId: string): void {
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          queue: queue.queueArn,
          filter: {
            s3Key: {
              rules: [
                { name: 'prefix', value: `AWSLogs/${accountId}/CloudTrail/` },
                { name: 'suffix', value: '.json.gz' },
              ],
            },
          },
        },
      ],
    };
    bucket.node.addDependency(policy);
  }
}
