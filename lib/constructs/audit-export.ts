import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Bucket, StorageClass } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type * as z from 'zod';
import type { Deployment } from '../../lambda/core/configuration.ts';
import {
  controlDetail,
  type DetailType,
  eventSource,
  findingDetail,
  issuanceDetail,
} from '../../lambda/core/publishing/event-schemas.ts';
import { toGlueColumns } from '../glue-columns.ts';
import { addAuditExportAlarms } from './audit-export-alarms.ts';
import { toKeptBucketProps } from './kept-bucket.ts';
import { addTableKey, type TableKeyProps } from './table-key.ts';
import { toWildcardFinding } from './wildcard-finding.ts';

export interface AuditExportProps extends TableKeyProps {
  readonly deployment: Pick<Deployment, 'stage'>;
  /** How long the files are kept: as long as the rows. */
  readonly retentionDays: number;
}

const afterAMonth = {
  storageClass: StorageClass.INTELLIGENT_TIERING,
  transitionAfter: Duration.days(30),
} as const;

/** What is exported, and as which table. */
const exported = [
  { table: 'issuances', detailType: 'Daypass Issuance', schema: issuanceDetail },
  { table: 'findings', detailType: 'Daypass Finding', schema: findingDetail },
  { table: 'controls', detailType: 'Daypass Control Change', schema: controlDetail },
] as const satisfies readonly Exported[];

interface Exported {
  readonly table: string;
  readonly detailType: DetailType;
  readonly schema: z.ZodObject;
}

/**
 * Issuances, findings and changes of controls as files, and the tables by which Athena reads them. A copy to ask questions of: the record is
 * the table in DynamoDB.
 */
export class AuditExport extends Construct {
  readonly bucket: Bucket;
  readonly key: IKey;
  /** In the Glue catalogue. */
  readonly databaseName: string;
  /** For whoever has actions to add. */
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AuditExportProps) {
    super(scope, id);
    const { deployment } = props;
    this.databaseName = `daypass_${deployment.stage.replaceAll('-', '_')}`;
    this.key = props.encryptionKey ?? addTableKey(this, 'Daypass: the export of the audit');
    this.bucket = this.createBucket(props);
    // The bucket is kept, and goes on taking TLS alone.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const role = this.createRole();
    const forwarder = new Role(this, 'ForwardingRole', {
      description: 'Daypass: EventBridge forwards events to the export of the audit',
      assumedBy: ofThisAccount(this, 'events.amazonaws.com'),
    });
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Stack.of(this).account,
      databaseInput: {
        name: this.databaseName,
        description: 'Daypass: issuances, findings and changes of controls',
      },
    });
    const { stage } = deployment;
    const names = exported.map((what) => {
      const stream = this.addStream(what, role);
      const { ruleName } = this.forward(what, { stream, forwarder, stage });
      this.addTable(what).node.addDependency(database);
      return { table: what.table, ruleName, streamName: stream.ref };
    });
    this.alarms = addAuditExportAlarms(this, {
      stage,
      ruleNames: Object.fromEntries(names.map(({ table, ruleName }) => [table, ruleName])),
      streamNames: Object.fromEntries(names.map(({ table, streamName }) => [table, streamName])),
    });
  }

  private createBucket({ retentionDays }: AuditExportProps): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      ...toKeptBucketProps(this.key),
      lifecycleRules: [
        {
          expiration: Duration.days(retentionDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          // Smaller files than 128 KB stay as they are, at no cost; S3 moves nothing shortly before it expires.
          ...(retentionDays > 60 ? { transitions: [afterAMonth] } : {}),
        },
      ],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'A copy of the audit; who reads it is in CloudTrail where data events of S3 are switched on',
    });
    return bucket;
  }

  private createRole(): Role {
    const role = new Role(this, 'DeliveryRole', {
      description: 'Daypass: Firehose writes the export of the audit',
      assumedBy: ofThisAccount(this, 'firehose.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'WriteFiles',
        actions: ['s3:AbortMultipartUpload', 's3:PutObject'],
        resources: exported.map(({ table }) => this.bucket.arnForObjects(`${table}*`)),
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        sid: 'FindBucket',
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [this.bucket.bucketArn],
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        sid: 'EncryptFiles',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [this.key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${Stack.of(this).region}.amazonaws.com` } },
      }),
    );
    for (const { table } of exported)
      Validations.of(role).acknowledge({
        id: toWildcardFinding(this, this.bucket.arnForObjects(`${table}*`)),
        reason:
          'Firehose names its objects by the time; the prefix is that of the one table, its errors included',
      });
    return role;
  }

  private addStream({ table }: Exported, role: Role): CfnDeliveryStream {
    const stream = new CfnDeliveryStream(this, `Stream-${table}`, {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: this.bucket.bucketArn,
        roleArn: role.roleArn,
        prefix: `${table}/day=!{timestamp:yyyy-MM-dd}/`,
        errorOutputPrefix: `${table}-errors/!{firehose:error-output-type}/day=!{timestamp:yyyy-MM-dd}/`,
        bufferingHints: { intervalInSeconds: 300, sizeInMBs: 64 },
        compressionFormat: 'GZIP',
        encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: this.key.keyArn } },
        // EventBridge hands over objects with nothing between them, of which Athena would read the first alone.
        processingConfiguration: { enabled: true, processors: [{ type: 'AppendDelimiterToRecord' }] },
      },
    });
    // It is tried when the stream is made.
    stream.node.addDependency(role);
    return stream;
  }

  /** By a role of EventBridge's; of this stage alone, because others may share the account's bus. */
  private forward(
    { table, detailType }: Exported,
    { stream, forwarder, stage }: Readonly<{ stream: CfnDeliveryStream; forwarder: Role; stage: string }>,
  ): Rule {
    const { attrArn: arn } = stream;
    forwarder.addToPolicy(
      new PolicyStatement({
        sid: `Forward${table.charAt(0).toUpperCase()}${table.slice(1)}`,
        actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        resources: [arn],
      }),
    );
    return new Rule(this, `Rule-${table}`, {
      description: `Daypass: exports ${table}`,
      eventPattern: { source: [eventSource], detailType: [detailType], detail: { stage: [stage] } },
      targets: [{ bind: () => ({ arn, role: forwarder, input: RuleTargetInput.fromEventPath('$.detail') }) }],
    });
  }

  private addTable({ table, schema }: Exported): CfnTable {
    const location = `s3://${this.bucket.bucketName}/${table}/`;
    return new CfnTable(this, `Table-${table}`, {
      catalogId: Stack.of(this).account,
      databaseName: this.databaseName,
      tableInput: {
        name: table,
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: [{ name: 'day', type: 'string' }],
        parameters: {
          EXTERNAL: 'TRUE',
          classification: 'json',
          // Days are reckoned from the query: nobody has to add partitions.
          'projection.enabled': 'true',
          'projection.day.type': 'date',
          'projection.day.format': 'yyyy-MM-dd',
          'projection.day.range': '2026-01-01,NOW+1DAY',
          'projection.day.interval': '1',
          'projection.day.interval.unit': 'DAYS',
          'storage.location.template': `${location}day=\${day}/`,
        },
        storageDescriptor: {
          columns: [...toGlueColumns(schema)],
          location,
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: {
            serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
            parameters: { 'case.insensitive': 'true', 'ignore.malformed.json': 'false' },
          },
        },
      },
    });
  }
}

/** The service, where it acts for this account: no other's stream or rule may use the role. */
const ofThisAccount = (scope: Construct, service: string) =>
  new ServicePrincipal(service, {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });
