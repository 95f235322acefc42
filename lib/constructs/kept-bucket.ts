import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, BucketEncryption, type BucketProps, ObjectOwnership } from 'aws-cdk-lib/aws-s3';

/** What every bucket of the audit has: encrypted by the key, open to nobody, by TLS alone, and kept with the stack gone. */
export const toKeptBucketProps = (encryptionKey: IKey) =>
  ({
    encryption: BucketEncryption.KMS,
    encryptionKey,
    // One key for the objects of some minutes, not a call of KMS for each.
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
  }) satisfies BucketProps;
