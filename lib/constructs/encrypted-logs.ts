import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { toLogsService } from './logs-service.ts';

export interface EncryptedLogsProps {
  readonly retention: RetentionDays;
  /**
   * Used in place of one of its own. Its policy must let CloudWatch Logs use it; of a key of the same app it is told so.
   * @default a key of its own
   */
  readonly encryptionKey?: IKey;
}

/** The logs: encrypted with one key, kept for one time, and still there after the stack is gone. */
export class EncryptedLogs extends Construct {
  readonly key: IKey;
  private readonly retention: RetentionDays;

  constructor(scope: Construct, id: string, { retention, encryptionKey }: EncryptedLogsProps) {
    super(scope, id);
    this.retention = retention;
    this.key =
      encryptionKey ??
      new Key(this, 'Key', {
        description: 'Daypass: the logs of its functions and of its API',
        enableKeyRotation: true,
        // Without the key, what is retained could not be read.
        removalPolicy: RemovalPolicy.RETAIN,
      });
    this.grantCloudWatchLogs();
  }

  /** A log group in `scope`; with a name where whoever writes to it asks for one, else CloudFormation names it. */
  addLogGroup(
    scope: Construct,
    id: string,
    { logGroupName }: { readonly logGroupName?: string } = {},
  ): LogGroup {
    return new LogGroup(scope, id, {
      ...(logGroupName === undefined ? {} : { logGroupName }),
      encryptionKey: this.key,
      retention: this.retention,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Source: CloudWatch Logs guide, "Encrypt log data using AWS KMS". */
  private grantCloudWatchLogs(): void {
    const { partition, region, account } = Stack.of(this);
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'CloudWatchLogs',
        principals: [new ServicePrincipal(toLogsService(this))],
        actions: [
          'kms:Decrypt',
          'kms:DescribeKey',
          'kms:Encrypt',
          'kms:GenerateDataKey',
          'kms:GenerateDataKeyWithoutPlaintext',
          'kms:ReEncryptFrom',
          'kms:ReEncryptTo',
        ],
        // In a key's policy this is the key itself.
        resources: ['*'],
        conditions: {
          // The groups' names are generated and each needs the key first, so this cannot name them.
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*`,
          },
        },
      }),
    );
  }
}
