import { RemovalPolicy } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface TableKeyProps {
  /** Used in place of a key of the table's own; its policy must leave it to IAM who uses it. @default a key of its own */
  readonly encryptionKey?: IKey;
}

/** The table's own key, kept as the table is: without it no row could be read. */
export const addTableKey = (table: Construct, description: string): Key =>
  new Key(table, 'Key', { description, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
