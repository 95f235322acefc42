import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSubscription } from 'aws-cdk-lib/aws-sns';
import { type CfnQueuePolicy, Queue, QueueEncryption, QueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface TrailQueueProps {
  /** How long a message may be in hand: at least six times what the function may take. */
  readonly visibilityTimeout: Duration;
  /** The topic that tells of new objects. @default S3 tells the queue itself, from buckets of this account */
  readonly topicArn?: string;
}

/** The trail's new objects, by their names: nothing of what is in them. */
export class TrailQueue extends Construct {
  readonly queue: Queue;
  /** Objects that could not be read five times over. */
  readonly deadLetters: Queue;
  /** Has to be there before whoever sends. */
  readonly policy: CfnQueuePolicy;

  constructor(scope: Construct, id: string, { visibilityTimeout, topicArn }: TrailQueueProps) {
    super(scope, id);
    const common = {
      // Names of objects: a key of our own would guard nothing, and would have to let S3 or SNS use it.
      encryption: QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
    };
    this.deadLetters = new Queue(this, 'DeadLetters', { ...common, enforceSSL: true });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      visibilityTimeout,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    this.policy = this.addPolicy(topicArn);
    if (topicArn !== undefined) this.subscribe(topicArn);
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is the dead-letter queue; an alarm tells of what comes into it',
    });
  }

  /** Messages that nobody could do anything with. @default the most within 5 minutes */
  metricDeadLetters(props: MetricOptions = {}): Metric {
    return this.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...props });
  }

  /** How far behind the trail we are, in seconds. @default the most within 5 minutes */
  metricAgeOfOldestMessageInSeconds(props: MetricOptions = {}): Metric {
    return this.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', ...props });
  }

  private addPolicy(topicArn: string | undefined): CfnQueuePolicy {
    const policy = new QueuePolicy(this, 'Policy', { queues: [this.queue] });
    const queueArn = this.queue.queueArn;
    policy.document.addStatements(
      PolicyStatement.fromJson({
        Sid: 'EnforceTls',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:*',
        Resource: queueArn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      new PolicyStatement({
        sid: 'TellOfObjects',
        actions: ['sqs:SendMessage'],
        resources: [queueArn],
        principals: [new ServicePrincipal(topicArn === undefined ? 's3.amazonaws.com' : 'sns.amazonaws.com')],
        conditions:
          topicArn === undefined
            ? // The bucket's own ARN would be a circle: S3 tries the queue when the bucket is made. The function
              // takes messages of that one bucket alone.
              { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } }
            : { ArnEquals: { 'aws:SourceArn': topicArn } },
      }),
    );
    return policy.node.defaultChild as CfnQueuePolicy;
  }

  private subscribe(topicArn: string): void {
    const subscription = new CfnSubscription(this, 'Subscription', {
      ...{ topicArn, protocol: 'sqs', endpoint: this.queue.queueArn },
      rawMessageDelivery: true,
      // Source: CloudFormation, AWS::SNS::Subscription: needed where the topic is in another region.
      region: topicArn.split(':')[3] ?? '',
    });
    subscription.node.addDependency(this.policy);
  }
}
