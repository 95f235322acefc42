import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { AwsSolutionsChecks } from 'cdk-nag';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';
import { Daypass } from '../../lib/constructs/daypass.ts';
import type { DaypassProps } from '../../lib/constructs/daypass-props.ts';
import { aConfigurationDocument } from './a-configuration.ts';
import { anApp } from './an-app.ts';
import { deployedContext } from './deployed-context.ts';

export const env = { account: '111111111111', region: 'eu-west-1' };
export const certificateArn =
  'arn:aws:acm:eu-west-1:111111111111:certificate/0a1b2c3d-0000-4000-8000-000000000000';
export const domain = { domainName: 'daypass.example.com', certificateArn };
/** With the domain's URL. */
const document = aConfigurationDocument({
  deployment: {
    accountId: env.account,
    region: env.region,
    stage: 'prod',
    url: 'https://daypass.example.com',
  },
});

export const subnetIds = ['subnet-0123456789abcdef0', 'subnet-0fedcba9876543210'];

/** One that was there before. */
export const aVpc = (scope: Stack) =>
  Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: subnetIds,
    privateSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0fedcba9876543210'],
  });

export type Resource = Readonly<Record<string, unknown>>;

/** The template, the properties of its resources, and what cdk-nag finds that is not accepted. */
export function readStack(app: App, stack: Stack) {
  const template = Template.fromStack(stack);
  const ofType = (type: string): readonly Resource[] =>
    Object.values(template.findResources(type)).map(({ Properties }) => Properties);
  const findings = new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);
  return { template, ofType, findings };
}

/** A stack of a platform team with the broker in it. */
export function aPlatform(toProps: (stack: Stack) => Partial<DaypassProps>) {
  const app = anApp(deployedContext());
  const stack = new Stack(app, 'Platform', { env });
  const configuration = parseConfiguration(document);
  const daypass = new Daypass(stack, 'Broker', { document, configuration, ...toProps(stack) });
  return { ...readStack(app, stack), daypass };
}
