import { App, Validations } from 'aws-cdk-lib';
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
  new DaypassStack(app, `Daypass-${loaded.configuration.deployment.stage}`, {
    ...loaded,
    ...(quota === undefined ? {} : { managedPolicyQuota: Number(quota) }),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  // At once: left to itself, the app would synthesize on the way out, without the stack.
  process.exit(1);
}
