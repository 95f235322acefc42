import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import {
  ApplicationLogLevel,
  Architecture,
  type ILayerVersion,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type FunctionName, invokedFunctions } from '../../lambda/core/function-roles.ts';
import type { FunctionRole as FunctionRoleAccess } from '../permissions.ts';
import { bundling } from './bundling.ts';
import type { EncryptedLogs } from './encrypted-logs.ts';
import { FunctionRole } from './function-role.ts';

const projectRoot = join(import.meta.dirname, '../..');

export interface BrokerFunctionProps {
  /** Names its entry, `lambda/functions/<name>.ts`. */
  readonly functionName: FunctionName;
  readonly access: FunctionRoleAccess;
  readonly layers: readonly ILayerVersion[];
  readonly logs: EncryptedLogs;
}

/** One function of the broker, with a role and a log group of its own. */
export class BrokerFunction extends Construct {
  readonly handler: NodejsFunction;
  readonly roleArn: string;
  /** The one that it writes to. */
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: BrokerFunctionProps) {
    super(scope, id);
    const { functionName, access } = props;
    const { description, memorySize, timeoutSeconds } = settings[functionName];
    this.logGroup = props.logs.addLogGroup(this, 'Logs');
    const { logGroup } = this;
    const { role } = new FunctionRole(this, 'Access', { functionName, access, logGroup });
    this.roleArn = role.roleArn;
    this.handler = new NodejsFunction(this, 'Function', {
      description,
      projectRoot,
      entry: join(projectRoot, 'lambda/functions', `${functionName}.ts`),
      depsLockFilePath: join(projectRoot, 'package-lock.json'),
      bundling,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize,
      timeout: Duration.seconds(timeoutSeconds),
      // CDK would add statements of its own, for X-Ray and whatever is connected later.
      role: role.withoutPolicyUpdates(),
      layers: [...props.layers],
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
      },
      // As `toFunctionName` says. CloudFormation names the others.
      ...(invokedFunctions.includes(functionName) ? { functionName: access.roleName } : {}),
      awsSdkConnectionReuse: false,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.INFO,
      tracing: Tracing.ACTIVE,
    });
  }
}

/** Memory in MB: CPU comes with it, and verifying and signing is CPU. Behind the API timeouts end well before its 29 s. */
const settings: Readonly<
  Record<
    FunctionName,
    { readonly description: string; readonly memorySize: number; readonly timeoutSeconds: number }
  >
> = {
  authorizer: {
    description: 'Daypass: proves who is asking',
    memorySize: 1024,
    timeoutSeconds: 10,
  },
  issuer: {
    description: 'Daypass: decides, issues and records',
    memorySize: 1024,
    timeoutSeconds: 25,
  },
  audit: {
    description: 'Daypass: answers who had what, and why',
    memorySize: 512,
    timeoutSeconds: 15,
  },
  saml: {
    description: 'Daypass: takes SAML assertions, gives tokens',
    memorySize: 1024,
    timeoutSeconds: 10,
  },
  // No reserved concurrency: Secrets Manager asks for one step at a time, a step that finds no room fails the rotation,
  // and an account with the smallest quota, of 10, has none to reserve.
  rotation: {
    description: "Daypass: replaces the federator's key",
    memorySize: 256,
    timeoutSeconds: 300,
  },
  // Waits for a verification, which is over in 27 s.
  integrations: {
    description: 'Daypass: manages third parties',
    memorySize: 512,
    timeoutSeconds: 29,
  },
  'integration-issuer': {
    description: "Daypass: issues for third parties, and verifies their roles' trust",
    memorySize: 1024,
    timeoutSeconds: 28,
  },
  prober: {
    description: "Daypass: asks for third parties' roles as nobody should get them",
    memorySize: 512,
    timeoutSeconds: 15,
  },
};
