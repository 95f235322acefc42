import { Stack, Tags, Token } from 'aws-cdk-lib';
import { CfnAlias } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  type Configuration,
  type Deployment,
  usesFederator,
  usesIntegrations,
  usesWebIdentity,
} from '../../lambda/core/configuration.ts';
import { toFederationUrl } from '../../lambda/core/console-addresses.ts';
import {
  deployedFunctions,
  type FunctionName,
  type PerFunction,
  requireDeployed,
  toPerFunction,
  verifyAlias,
} from '../../lambda/core/function-roles.ts';
import { toStsUrl } from '../../lambda/core/sts-url.ts';
import { environment, type Variable, variablesOf } from '../../lambda/functions/environment.ts';
import { createStrangerRole, requireIntegrationSettings } from '../integration-permissions.ts';
import { createFunctionRoles } from '../permissions.ts';
import { BrokerApi, type Throttle } from './broker-api.ts';
import { BrokerFunction } from './broker-function.ts';
import { ConfigurationLayer } from './configuration-layer.ts';
import { EncryptedLogs } from './encrypted-logs.ts';
import { FederatorUser } from './federator-user.ts';
import { IntegrationAlarms } from './integration-alarms.ts';
import { IntegrationSchedule } from './integration-schedule.ts';
import { IntegrationTable } from './integration-table.ts';
import { IssuanceTable } from './issuance-table.ts';
import { OutboundFederationCheck, usesOwnOutboundFederation } from './outbound-federation-check.ts';
import { ProofTable } from './proof-table.ts';
import { StrangerRole } from './stranger-role.ts';
import { TokenKey } from './token-key.ts';
import { WebIdentityKeys } from './web-identity-keys.ts';

/** What `readConfigurationFile` answers, and how to run it. */
export interface DaypassProps {
  /** The configuration, checked. */
  readonly configuration: Configuration;
  /** The same as it was written: the functions parse it again. */
  readonly document: unknown;
  /** How long the logs of the functions and of the API are kept. @default 400 days, as issuances are by default: the
   * access log is their witness */
  readonly logRetention?: RetentionDays;
  /** What each method of the API takes. @default 50 requests a second, 100 at once: well below the 600 that STS takes of an account in a region */
  readonly throttle?: Throttle;
  /**
   * Whether to set the role by which API Gateway writes logs; there is one for the account and region.
   * @default true; false where something else in the account sets it, as no access log is written without
   */
  readonly cloudWatchRole?: boolean;
}

/** The broker: API, functions, the record of every issuance, and what makes a proof good for once. */
export class Daypass extends Construct {
  readonly api: BrokerApi;
  readonly issuances: IssuanceTable;
  readonly proofs: ProofTable;
  readonly tokenKey: TokenKey;
  readonly webIdentityKeys: WebIdentityKeys;
  /** There where a profile has the mechanism `federation-token`. */
  readonly federator?: FederatorUser;
  /** There where the configuration has third parties. */
  readonly integrations?: IntegrationTable;
  /** Where those are. */
  readonly stranger?: StrangerRole;
  /** Where those are. */
  readonly integrationAlarms?: IntegrationAlarms;
  readonly functions: PerFunction<BrokerFunction>;
  /** Under which callers reach the API, without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: DaypassProps) {
    super(scope, id);
    const { deployment } = props.configuration;
    requireOwnPlace(Stack.of(this), deployment);
    const logs = new EncryptedLogs(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.THIRTEEN_MONTHS,
    });
    this.issuances = new IssuanceTable(this, 'Issuances');
    this.proofs = new ProofTable(this, 'Proofs');
    this.tokenKey = new TokenKey(this, 'TokenKey', { deployment });
    this.webIdentityKeys = new WebIdentityKeys(this, 'WebIdentityKeys', {
      deployment,
      // A key that opens roles in other accounts is not there before a profile asks for it.
      names: usesWebIdentity(props.configuration) ? props.configuration.webIdentity.keys : [],
    });
    if (usesFederator(props.configuration)) {
      this.federator = new FederatorUser(this, 'Federator', { configuration: props.configuration });
    }
    if (usesOwnOutboundFederation(props.configuration)) {
      const logGroup = logs.addLogGroup(this, 'OutboundFederationLogs');
      const check = new OutboundFederationCheck(this, 'OutboundFederation', { logGroup });
      // A deployment that fails at it leaves nothing behind that is kept.
      for (const kept of [this.issuances, this.proofs, this.tokenKey, this.webIdentityKeys, this.federator])
        kept?.node.addDependency(check);
    }
    if (usesIntegrations(props.configuration)) {
      this.integrations = new IntegrationTable(this, 'IntegrationTable');
      const settings = requireIntegrationSettings(props.configuration);
      this.stranger = new StrangerRole(this, 'Stranger', {
        access: createStrangerRole({ deployment, settings }),
      });
    }
    this.functions = this.createFunctions(props, logs);
    const { authorizer, rotation, integrations, 'integration-issuer': issuer } = this.functions;
    if (integrations !== undefined) {
      new IntegrationSchedule(this, 'IntegrationSchedule', { integrations: integrations.handler });
      this.integrationAlarms = new IntegrationAlarms(this, 'IntegrationAlarms', {
        ...{ deployment, logGroup: integrations.logGroup },
      });
    }
    if (issuer !== undefined)
      new CfnAlias(this, 'VerifyAlias', {
        ...{ name: verifyAlias, functionName: issuer.handler.functionName },
        // What is deployed: the alias stands for a permission, not for a version.
        functionVersion: '$LATEST',
      });
    this.api = new BrokerApi(this, 'Api', {
      configuration: props.configuration,
      authorizer: authorizer.handler,
      handlers: toPerFunction(props.configuration, (name) => requireDeployed(this.functions, name).handler),
      accessLogs: logs.addLogGroup(this, 'AccessLogs'),
      throttle: props.throttle ?? { rateLimit: 50, burstLimit: 100 },
      cloudWatchRole: props.cloudWatchRole ?? true,
    });
    if (rotation !== undefined) {
      const functions = Object.values(this.functions).map(({ handler }) => handler);
      this.federator?.rotateBy(rotation.handler, [...functions, this.api]);
    }
    this.url = deployment.url ?? this.toDefaultUrl(deployment);
    this.addEnvironment(props.configuration);
    Tags.of(this).add('daypass:deployment', deployment.stage);
  }

  private createFunctions(props: DaypassProps, logs: EncryptedLogs): PerFunction<BrokerFunction> {
    const { layer } = new ConfigurationLayer(this, 'Configuration', props);
    const roles = createFunctionRoles({
      configuration: props.configuration,
      tableArn: this.issuances.table.tableArn,
      keyArn: this.issuances.key.keyArn,
      proofTableArn: this.proofs.table.tableArn,
      tokenKeyArn: this.tokenKey.key.keyArn,
      webIdentityKeyArns: this.webIdentityKeys.keys.map(({ keyArn }) => keyArn),
      ...(this.federator === undefined ? {} : { federatorSecretArn: this.federator.secret.secretArn }),
      ...(this.integrations === undefined ? {} : { integrationTable: toAccess(this.integrations) }),
    });
    return toPerFunction(props.configuration, (functionName) => {
      const access = requireDeployed(roles, functionName);
      const id = toConstructId(functionName);
      const readsIt = variablesOf(functionName, props.configuration).includes('configurationFile');
      const layers = readsIt ? [layer] : [];
      return new BrokerFunction(this, id, { functionName, access, layers, logs });
    });
  }

  /** Of the API's id alone: the stage's own URL waits for the functions, which are told this one. */
  private toDefaultUrl({ region, stage }: Deployment): string {
    return `https://${this.api.restApi.restApiId}.execute-api.${region}.${Stack.of(this).urlSuffix}/${stage}`;
  }

  /** The API knows the functions, so they can only be told afterwards which API is theirs. */
  private addEnvironment(configuration: Configuration): void {
    const values: Readonly<Record<Variable, string>> = {
      stage: configuration.deployment.stage,
      apiId: this.api.restApi.restApiId,
      apiPolicyId: this.api.policyId,
      configurationFile: ConfigurationLayer.file,
      openApiFile: ConfigurationLayer.openApiFile,
      issuanceTable: this.issuances.table.tableName,
      proofTable: this.proofs.table.tableName,
      url: this.url,
      federationUrl: toFederationUrl(configuration.deployment),
      stsUrl: toStsUrl(configuration.deployment),
      tokenKeyArn: this.tokenKey.key.keyArn,
      webIdentityKeyArns: this.webIdentityKeys.keys.map(({ keyArn }) => keyArn).join(','),
      federatorSecretArn: this.federator?.secret.secretArn ?? '',
      federatorUserName: this.federator?.userName ?? '',
      keyTestSeconds: '60',
      integrationTable: this.integrations?.table.tableName ?? '',
    };
    for (const name of deployedFunctions(configuration)) {
      const { handler } = requireDeployed(this.functions, name);
      for (const variable of variablesOf(name, configuration))
        handler.addEnvironment(environment[variable], values[variable]);
    }
  }
}

/** The roles' ARNs, which target roles name, are made from the configuration: it and the stack must not differ. */
function requireOwnPlace({ account, region }: Stack, { accountId, region: ownRegion }: Deployment): void {
  requireEqual('account', account, accountId);
  requireEqual('region', region, ownRegion);
}

function requireEqual(what: string, ofStack: string, ofConfiguration: string): void {
  if (ofStack === ofConfiguration) return;
  const found = Token.isUnresolved(ofStack) ? 'left open' : ofStack;
  throw new TypeError(
    `the stack's ${what} is ${found}, but the configuration's deployment names ${ofConfiguration}; they must be the same`,
  );
}

const toAccess = ({ table, key }: IntegrationTable) => ({ tableArn: table.tableArn, keyArn: key.keyArn });

/** `integration-issuer` to `IntegrationIssuer`. */
const toConstructId = (name: FunctionName) =>
  name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
