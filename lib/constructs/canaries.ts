import { Duration, Stack } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  EventInvokeConfig,
  type Function as LambdaHandler,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { toRolePath } from '../../lambda/core/function-roles.ts';
import { type CanaryExpectation, canaryExpectations } from '../../lambda/core/judge-canary.ts';
import { canaryEnvironment } from '../../lambda/functions/environment.ts';
import { canaryName } from '../bundle-options.ts';
import { checkCanaries, toCanaryRoleName } from '../canaries.ts';
import { toAlarmNames } from './alarm-names.ts';
import { BrokeredRole } from './brokered-role.ts';
import { toConstructId } from './construct-id.ts';
import type { EncryptedLogs } from './encrypted-logs.ts';
import { addPackedFunction } from './packed-function.ts';
import { addScheduledRun } from './scheduled-run.ts';

export interface CanariesProps {
  readonly configuration: Configuration;
  /** Of the configuration: gives the role that is made here, to the one canary and not to the other. */
  readonly profile: string;
  /** Under which callers reach the API, without a slash at the end. */
  readonly url: string;
  /** Id of that API. */
  readonly apiId: string;
  readonly logs: EncryptedLogs;
}

/**
 * Two callers of the deployed broker, every five minutes: one that must get credentials, and one that must be refused.
 * Each has an alarm. What they get may do nothing, and is dropped.
 */
export class Canaries extends Construct {
  /** For whoever has actions to add. */
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: CanariesProps) {
    super(scope, id);
    const { configuration, profile } = props;
    checkCanaries(configuration, profile);
    // Without a policy of its own: a session of it may ask STS who it is.
    new BrokeredRole(this, 'Target', { configuration, profile });
    this.alarms = canaryExpectations.map((expected) => this.addCanary(expected, props));
  }

  private addCanary(expected: CanaryExpectation, props: CanariesProps): Alarm {
    const place = new Construct(this, toConstructId(expected));
    const handler = addFunction(place, expected, props);
    new EventInvokeConfig(place, 'Runs', {
      ...{ function: handler, retryAttempts: 0, maxEventAge: Duration.minutes(5) },
    });
    addScheduledRun(place, 'Schedule', {
      ...{ handler, every: Duration.minutes(5) },
      description: `Daypass: the canary that should be ${expected}`,
    });
    return handler
      .metricErrors({ statistic: 'Sum', period: Duration.minutes(10) })
      .createAlarm(place, 'Alarm', {
        ...toAlarmNames(props.configuration.deployment.stage, {
          name: `canary-${expected}`,
          what: meanings[expected],
        }),
        threshold: 1,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // One that doesn't run says nothing, and so does its metric.
        treatMissingData: TreatMissingData.BREACHING,
      });
  }
}

const meanings: Readonly<Record<CanaryExpectation, string>> = {
  allowed: 'A caller that should have credentials has got none',
  refused: 'A caller that should be refused was not, or not by policy',
};

function addFunction(place: Construct, expected: CanaryExpectation, props: CanariesProps): LambdaHandler {
  const { configuration, profile, url, apiId, logs } = props;
  const { deployment } = configuration;
  const logGroup = logs.addLogGroup(place, 'Logs');
  const { partition, region, account } = Stack.of(place);
  const route = `POST/iam/v1/profiles/${profile}/credentials`;
  const invoking = `arn:${partition}:execute-api:${region}:${account}:${apiId}/${deployment.stage}/${route}`;
  const role = new Role(place, 'Role', {
    roleName: toCanaryRoleName(deployment, expected),
    path: toRolePath(deployment),
    description: `Daypass: the canary that should be ${expected}`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { Permissions: toDocument(logGroup, invoking) },
  });
  return addPackedFunction(place, canaryName, {
    description: `Daypass: the canary that should be ${expected}`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: 256,
    timeout: Duration.seconds(30),
    role: role.withoutPolicyUpdates(),
    environment: {
      NODE_OPTIONS: '--enable-source-maps',
      [canaryEnvironment.url]: `${url}/iam/v1/profiles/${profile}/credentials`,
      [canaryEnvironment.expected]: expected,
      [canaryEnvironment.stage]: deployment.stage,
    },
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    applicationLogLevelV2: ApplicationLogLevel.INFO,
    systemLogLevelV2: SystemLogLevel.INFO,
  });
}

/** The refused one has the allowed one's permissions: what keeps it out is the profile's trust, and nothing before. */
const toDocument = ({ logGroupArn }: ILogGroup, invoking: string): PolicyDocument =>
  new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'WriteLogs',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroupArn],
      }),
      new PolicyStatement({
        sid: 'AskForCredentials',
        actions: ['execute-api:Invoke'],
        resources: [invoking],
      }),
    ],
  });
