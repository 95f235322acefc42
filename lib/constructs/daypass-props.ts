import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Configuration } from '../../lambda/core/configuration.ts';
import type { Concurrencies } from '../check-deployment-options.ts';
import type { ApiOptions, Throttle } from './broker-api.ts';
import type { FunctionNetwork } from './broker-function.ts';
import type { TableCopies } from './table-copies.ts';
import type { Replica } from './table-place.ts';

/** What `readConfigurationFile` answers, and how to run it. */
export interface DaypassProps {
  /** The configuration, checked. */
  readonly configuration: Configuration;
  /** The same as it was written: the functions parse it again. */
  readonly document: unknown;
  /** How long the logs of the functions and of the API are kept. @default 400 days, as issuances are by default: the
   * access log is their witness */
  readonly logRetention?: RetentionDays;
  /** What each method of the API takes. @default 50 requests a second, 100 at once: well below the 600 that STS takes of an account in a region */
  readonly throttle?: Throttle;
  /**
   * Whether to set the role by which API Gateway writes logs; there is one for the account and region.
   * @default true; false where something else in the account sets it, as no access log is written without
   */
  readonly cloudWatchRole?: boolean;
  /** Hears of every alarm; where it is encrypted, its key must let CloudWatch use it. @default alarms have no actions */
  readonly alarmTopic?: ITopic;
  /**
   * Name of the profile that two canaries ask for every five minutes: one must get credentials, one must be refused. Its
   * role is made by the stack; the README shows the profile. @default no canaries
   */
  readonly canaryProfile?: string;
  /** A dashboard costs 3 dollars a month. @default true */
  readonly dashboard?: boolean;
  /** Issuances and findings as files in S3, with their tables for Athena. @default true: it costs by use, and a dollar a month for its key */
  readonly auditExport?: boolean;
  /** Name, reach and firewall of the API. @default regional, under API Gateway's own address, behind a firewall */
  readonly api?: ApiOptions;
  /** How many of a function run at once. @default as many as the account has, none of them kept ready */
  readonly concurrency?: Concurrencies;
  /** The VPC that all functions stand in; docs/deployment.md lists what they must reach from there. @default none of ours */
  readonly network?: FunctionNetwork;
  /**
   * Bounds every role and user that is made. It must allow what they do: the functions' own permissions, and for the
   * federator's user whatever its federated sessions may. @default none
   */
  readonly permissionsBoundary?: IManagedPolicy;
  /**
   * Encrypts the tables, the logs and the audit's export in place of keys of their own; the trail has its own. Its policy
   * must leave to IAM who uses it, and let CloudWatch Logs use it. @default a key for each table, one for the logs, one
   * for the export
   */
  readonly encryptionKey?: IKey;
  /** Managed policies that the account lets a role have: as many profiles fit. @default 10, IAM's own quota, which AWS raises to 20 at most */
  readonly managedPolicyQuota?: number;
  /** In the primary region: the other regions of `deployment.regions`, which get copies of the tables. @default none */
  readonly replicas?: readonly Replica[];
  /** In any other region: the copies that the primary region's stack has made here. @default this is the primary region */
  readonly copies?: TableCopies;
  /** On all that takes tags, beside `daypass:deployment`. @default none */
  readonly tags?: { [key: string]: string };
}
