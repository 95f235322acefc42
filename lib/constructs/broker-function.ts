import { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  type IFunction,
  type ILayerVersion,
  type IVersion,
  type Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type FunctionName, invokedFunctions } from '../../lambda/core/function-roles.ts';
import type { Concurrency } from '../check-deployment-options.ts';
import type { FunctionRole as FunctionRoleAccess } from '../permissions.ts';
import type { EncryptedLogs } from './encrypted-logs.ts';
import { FunctionRole } from './function-role.ts';
import { networkStatements } from './network-statements.ts';
import { addPackedFunction } from './packed-function.ts';

export interface BrokerFunctionProps {
  /** Names its entry, `lambda/functions/<name>.ts`. */
  readonly functionName: FunctionName;
  readonly access: FunctionRoleAccess;
  readonly layers: readonly ILayerVersion[];
  readonly logs: EncryptedLogs;
  /** @default it shares what the account has, and none is kept ready */
  readonly concurrency?: Concurrency;
  /** @default none of ours: Lambda's own, which leads to AWS and to the internet */
  readonly network?: FunctionNetwork;
  /** Managed policies that the account lets a role have. @default 10, IAM's own quota */
  readonly managedPolicyQuota?: number;
}

/** The VPC in which functions stand. All that they speak to must be reached from there. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  /** @default the VPC's private subnets */
  readonly subnets?: SubnetSelection;
  /** @default one for all functions, which lets nothing in and only HTTPS out */
  readonly securityGroups?: readonly ISecurityGroup[];
}

/** One function of the broker, with a role and a log group of its own. */
export class BrokerFunction extends Construct {
  readonly handler: LambdaFunction;
  /** What API Gateway invokes: the function, or the version of it that is kept ready. */
  readonly invoked: IFunction;
  readonly roleArn: string;
  /** The one that it writes to. */
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: BrokerFunctionProps) {
    super(scope, id);
    const { functionName, concurrency, network } = props;
    const access = network === undefined ? props.access : withNetwork(props.access);
    const { description, memorySize, timeoutSeconds } = settings[functionName];
    this.logGroup = props.logs.addLogGroup(this, 'Logs');
    const { logGroup } = this;
    const { managedPolicyQuota } = props;
    const { role } = new FunctionRole(this, 'Access', {
      ...{ functionName, access, logGroup },
      ...(managedPolicyQuota === undefined ? {} : { managedPolicyQuota }),
    });
    this.roleArn = role.roleArn;
    this.handler = addPackedFunction(this, functionName, {
      description,
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
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.INFO,
      tracing: Tracing.ACTIVE,
      ...(concurrency?.reserved === undefined ? {} : { reservedConcurrentExecutions: concurrency.reserved }),
      ...(network === undefined ? {} : toVpcProps(network)),
    });
    this.invoked =
      concurrency?.provisioned === undefined ? this.handler : this.addReady(concurrency.provisioned);
  }

  /** Lambda keeps versions ready, never `$LATEST`; each deployment that changes the function makes one. */
  private addReady(provisionedConcurrentExecutions: number): IFunction {
    return new Alias(this, 'Ready', {
      ...{ aliasName: 'ready', provisionedConcurrentExecutions },
      // CDK's own types do not fit each other where an optional property may not be undefined.
      version: this.handler.currentVersion as IVersion,
    }) as IFunction;
  }
}

const withNetwork = (access: FunctionRoleAccess): FunctionRoleAccess => ({
  ...access,
  statements: [...access.statements, ...networkStatements],
});

const toVpcProps = ({ vpc, subnets, securityGroups }: FunctionNetwork) => ({
  vpc,
  ...(subnets === undefined ? {} : { vpcSubnets: subnets }),
  ...(securityGroups === undefined ? {} : { securityGroups: [...securityGroups] }),
});

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
    timeoutSeconds: 27,
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
  // A trail's object takes some seconds: its time is CPU, which comes with the memory.
  reconciler: {
    description: 'Daypass: compares the audit with CloudTrail',
    memorySize: 1024,
    timeoutSeconds: 60,
  },
  publisher: {
    description: 'Daypass: tells EventBridge of issuances, findings and changes',
    memorySize: 256,
    timeoutSeconds: 30,
  },
  // Policies are applied one after the other, each by an invocation of the other function.
  controls: {
    description: 'Daypass: suspends, lifts and revokes',
    memorySize: 512,
    timeoutSeconds: 29,
  },
  revoker: {
    description: 'Daypass: puts policies onto roles that end sessions',
    memorySize: 256,
    timeoutSeconds: 10,
  },
  prober: {
    description: "Daypass: asks for third parties' roles as nobody should get them",
    memorySize: 512,
    timeoutSeconds: 15,
  },
};
