import { Template } from 'aws-cdk-lib/assertions';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import type { DaypassProps } from '../../lib/constructs/daypass-props.ts';
import { DaypassStack } from '../../lib/daypass-stack.ts';
import { anApp } from './an-app.ts';
import { deployedContext } from './deployed-context.ts';

/** The example deployment, or one of a document of its own; its functions are bundled on request only. */
export function aDaypassStack({ document, ...props }: Partial<DaypassProps> = {}) {
  const app = anApp(deployedContext());
  const loaded =
    document === undefined
      ? readConfigurationFile('config/daypass.yaml')
      : { document, configuration: parseConfiguration(document) };
  const stack = new DaypassStack(app, 'Daypass-prod', { ...loaded, ...props });
  return { app, stack };
}

/** Its template, as far as tests read it. */
export function toTemplate(stack: DaypassStack): Template {
  return Template.fromStack(stack);
}
