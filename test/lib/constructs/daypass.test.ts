import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { standingFunctions } from '../../../lambda/core/function-roles.ts';
import { parseConfiguration } from '../../../lambda/core/parse-configuration.ts';
import { Daypass } from '../../../lib/constructs/daypass.ts';
import type { DaypassProps } from '../../../lib/constructs/daypass-props.ts';
import { aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { anApp } from '../../support/an-app.ts';

const here = { account: '111111111111', region: 'eu-west-1' };

/** As somebody else's app would use it: no feature flags, a stack of its own. */
function inForeignApp(env: typeof here | undefined, props: Partial<DaypassProps> = {}) {
  const document = props.document ?? aConfigurationDocument();
  const app = anApp();
  const stack = new Stack(app, 'Platform', env === undefined ? {} : { env });
  const daypass = new Daypass(stack, 'Broker', {
    ...props,
    document,
    configuration: parseConfiguration(document),
  });
  return { stack, daypass };
}

describe('Daypass', () => {
  it("synthesizes in somebody else's stack when account and region are the configuration's", () => {
    const { stack, daypass } = inForeignApp(here);

    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', standingFunctions.length);
    expect(Object.keys(daypass.functions)).toEqual([...standingFunctions]);
  });

  it("tells both sides of a token, and who makes console links, the address of API Gateway's own stage, made of the API's id alone", () => {
    const { stack } = inForeignApp(here);

    const urls = toUrls(stack).map((url) => url['Fn::Join'][1]);
    const [restApi] = Object.keys(Template.fromStack(stack).findResources('AWS::ApiGateway::RestApi'));
    const parts = [
      'https://',
      { Ref: restApi },
      '.execute-api.eu-west-1.',
      { Ref: 'AWS::URLSuffix' },
      '/prod',
    ];
    expect(urls).toEqual([parts, parts, parts]);
  });

  it('tells both sides of a token, and who makes console links, the address of the configuration, where it has one', () => {
    const { accountId, region, stage } = aConfigurationDocument().deployment;
    const url = 'https://daypass.example.com';
    const document = aConfigurationDocument({ deployment: { accountId, region, stage, url } });

    const { stack, daypass } = inForeignApp(here, { document });

    expect(toUrls(stack)).toEqual([url, url, url]);
    expect(daypass.url).toBe(url);
  });

  it('refuses an API policy that API Gateway would not take', () => {
    const names = Array.from({ length: 60 }, (_, index) => `profile-${index}`);
    const { issuers } = aConfigurationDocument();
    const document = aConfigurationDocument({
      issuers: { ...issuers, aws: { type: 'iam', accounts: ['222222222222'], mfa: { profiles: names } } },
      profiles: Object.fromEntries(names.map((name) => [name, aProfileDocument()])),
    });

    expect(() => inForeignApp(here, { document })).toThrow(/bytes of resource policy" is not allowed/);
  });

  it.each([
    [undefined, /account is left open, .* names 111111111111/],
    [{ ...here, account: '222222222222' }, /account is 222222222222, .* names 111111111111/],
    [{ ...here, region: 'eu-west-2' }, /region is eu-west-2, .* names eu-west-1/],
  ])('refuses a stack in another place than the configuration names: %j', (env, message) => {
    expect(() => inForeignApp(env)).toThrow(message);
  });

  it('takes log retention, throttling and the account role as it is told', () => {
    const { stack } = inForeignApp(here, {
      logRetention: RetentionDays.ONE_WEEK,
      throttle: { rateLimit: 5, burstLimit: 7 },
      cloudWatchRole: false,
    });

    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    template.resourceCountIs('AWS::ApiGateway::Account', 0);
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [{ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 7 }],
    });
  });

  it('takes 200 profiles of as many accounts', () => {
    const profiles = Array.from({ length: 200 }, (_, index) => [
      `account-${index}`,
      aProfileDocument({ roleArn: `arn:aws:iam::${222222222000 + index}:role/daypass/ReadOnly` }),
    ]);
    const document = aConfigurationDocument({ profiles: Object.fromEntries(profiles) });

    const { stack } = inForeignApp(here, { document });

    const policies = Object.keys(Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy'));
    expect(policies.length).toBeLessThanOrEqual(10);
  });

  it('splits the permissions into managed policies when there are many external ids', () => {
    const partners = Array.from({ length: 60 }, (_, index) => [
      `partner-${index}`,
      aProfileDocument({
        roleArn: `arn:aws:iam::444444444444:role/Reports${index}`,
        externalId: `partner-${index}-0123456789abcdef`,
      }),
    ]);
    const document = aConfigurationDocument({ profiles: Object.fromEntries(partners) });

    const { stack } = inForeignApp(here, { document });

    const template = Template.fromStack(stack);
    const policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
    const roles = Object.values(template.findResources('AWS::IAM::Role'));
    expect(policies.length).toBeGreaterThan(0);
    expect(policies.every(({ Properties }) => Properties.Path === '/daypass/')).toBe(true);
    expect(JSON.stringify([roles, policies]).match(/"sts:ExternalId"/g)).toHaveLength(60);
  });
});

const toUrls = (stack: Stack) =>
  Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))
    .map(({ Properties }) => Properties.Environment.Variables.DAYPASS_URL)
    .filter((url) => url !== undefined);
