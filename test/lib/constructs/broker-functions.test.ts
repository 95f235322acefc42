import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { parseConfiguration } from '../../../lambda/core/parse-configuration.ts';
import { Daypass } from '../../../lib/constructs/daypass.ts';
import type { DaypassProps } from '../../../lib/constructs/daypass-props.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';
import { env } from '../../support/a-platform.ts';
import { anApp } from '../../support/an-app.ts';

/** In an app that has switched nothing on: a package's consumer need not know CDK's feature flags. */
function synthesize(
  sections: Readonly<Record<string, unknown>>,
  concurrency: NonNullable<DaypassProps['concurrency']>,
) {
  const stack = new Stack(anApp(), 'Platform', { env });
  const document = aConfigurationDocument(sections);
  const configuration = parseConfiguration(document);
  new Daypass(stack, 'Broker', { document, configuration, concurrency });
  const template = Template.fromStack(stack);
  return (type: string) => Object.keys(template.findResources(type)).sort();
}

const ready = { authorizer: { provisioned: 2 }, issuer: { provisioned: 2 } };

describe('versions that are kept ready', () => {
  it('are made anew for another configuration, and not for the same', () => {
    const [one, same, other] = [{}, {}, { owner: 'somebody@example.com' }].map((sections) =>
      synthesize(sections, ready)('AWS::Lambda::Version'),
    );

    expect(one).toHaveLength(2);
    expect(same).toEqual(one);
    expect(other).toHaveLength(2);
    expect(other?.filter((id) => one?.includes(id))).toEqual([]);
  });

  it('are what the stage asks from then on: it is deployed anew', () => {
    const deployments = [{}, { authorizer: { provisioned: 2 } }].flatMap((concurrency) =>
      synthesize({}, concurrency)('AWS::ApiGateway::Deployment'),
    );

    expect(new Set(deployments).size).toBe(2);
  });
});
