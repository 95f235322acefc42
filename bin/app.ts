import { Annotations, App, Stack, Validations } from 'aws-cdk-lib';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import { readConfigurationFile } from '../lib/config.ts';
import { DaypassStack } from '../lib/daypass-stack.ts';

// Lambda's runtime must be able to read what is packed, whatever the deployer's own umask.
process.umask(0o022);

const app = new App();
try {
  const loaded = readConfigurationFile(app.node.tryGetContext('configuration') ?? 'config/daypass.yaml');
  const quota: unknown = app.node.tryGetContext('managedPolicyQuota');
  const canaryProfile: unknown = app.node.tryGetContext('canaryProfile');
  const alarmTopic = toTopic(app.node.tryGetContext('alarmTopic'));
  const stack = new DaypassStack(app, `Daypass-${loaded.configuration.deployment.stage}`, {
    ...loaded,
    ...(quota === undefined ? {} : { managedPolicyQuota: Number(quota) }),
    ...(alarmTopic === undefined ? {} : { alarmTopic }),
    ...(canaryProfile === undefined ? {} : { canaryProfile: String(canaryProfile) }),
  });
  if (alarmTopic === undefined)
    Annotations.of(stack).addInfoV2(
      'daypass:no-alarm-topic',
      'no alarmTopic is given (-c alarmTopic=<ARN>): the alarms tell nobody',
    );
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  // At once: left to itself, the app would synthesize on the way out, without the stack.
  process.exit(1);
}

/** Of an ARN in the context. */
function toTopic(arn: unknown): ITopic | undefined {
  if (arn === undefined) return undefined;
  if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/.test(String(arn)))
    throw new ConfigurationError([{ path: ['alarmTopic'], value: arn, allowed: 'the ARN of an SNS topic' }]);
  // What is imported stands in a stack; ours takes it when it is made. This one is of no app that is synthesized.
  const elsewhere = new Stack(new App({ autoSynth: false }), 'Elsewhere');
  return Topic.fromTopicArn(elsewhere, 'AlarmTopic', String(arn));
}
