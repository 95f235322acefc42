import { CfnElement, Duration, Stack, Tags, Token, Validations } from 'aws-cdk-lib';
import { type IManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnAlias, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  appliesRevocations,
  type Configuration,
  type Deployment,
  usesFederator,
  usesIntegrations,
  usesWebIdentity,
} from '../../lambda/core/configuration.ts';
import { toFederationUrl } from '../../lambda/core/console-addresses.ts';
import {
  deployedFunctions,
  type PerFunction,
  requireDeployed,
  toPerFunction,
  verifyAlias,
} from '../../lambda/core/function-roles.ts';
import { toOtherRegions } from '../../lambda/core/regions.ts';
import { toStsUrl } from '../../lambda/core/sts-url.ts';
import { environment, type Variable, variablesOf } from '../../lambda/functions/environment.ts';
import { checkCanaryAccess } from '../canaries.ts';
import { type Concurrencies, checkDeploymentOptions } from '../check-deployment-options.ts';
import { checkRegions } from '../check-regions.ts';
import { createStrangerRole, requireIntegrationSettings } from '../integration-permissions.ts';
import { createFunctionRoles } from '../permissions.ts';
import { toTrailObjects } from '../reconciliation-permissions.ts';
import { AuditExport } from './audit-export.ts';
import { BrokerAlarms, notify } from './broker-alarms.ts';
import { type ApiOptions, BrokerApi, type Throttle } from './broker-api.ts';
import { BrokerDashboard } from './broker-dashboard.ts';
import { BrokerFunction, type FunctionNetwork } from './broker-function.ts';
import { Canaries } from './canaries.ts';
import { ConfigurationLayer } from './configuration-layer.ts';
import { toConstructId } from './construct-id.ts';
import { ControlTable } from './control-table.ts';
import { EncryptedLogs } from './encrypted-logs.ts';
import { EventPublishing } from './event-publishing.ts';
import { FederatorUser } from './federator-user.ts';
import { FindingTable } from './finding-table.ts';
import { toFunctionNetwork } from './function-network.ts';
import { IntegrationAlarms } from './integration-alarms.ts';
import { IntegrationSchedule } from './integration-schedule.ts';
import { IntegrationTable } from './integration-table.ts';
import { IssuanceTable } from './issuance-table.ts';
import { OutboundFederationCheck, usesOwnOutboundFederation } from './outbound-federation-check.ts';
import { ProofTable } from './proof-table.ts';
import { QuotaTable } from './quota-table.ts';
import { Reconciliation } from './reconciliation.ts';
import { RevocationSchedule } from './revocation-schedule.ts';
import { addRolePath } from './role-path.ts';
import { StrangerRole } from './stranger-role.ts';
import type { Replica, TablePlaceProps } from './table-place.ts';
import { TokenKey } from './token-key.ts';
import { Trail } from './trail.ts';
import { TrailQueue } from './trail-queue.ts';
import { WebIdentityKeys } from './web-identity-keys.ts';
import { WitnessTable } from './witness-table.ts';

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
  /** Hears of every alarm; where it is encrypted, its key must let CloudWatch use it. @default alarms have no actions */
  readonly alarmTopic?: ITopic;
  /**
   * Name of the profile that two canaries ask for every five minutes: one must get credentials, one must be refused. Its
   * role is made by the stack; the README shows the profile. @default no canaries
   */
  readonly canaryProfile?: string;
  /** A dashboard costs 3 dollars a month. @default true */
  readonly dashboard?: boolean;
  /** Issuances and findings as files in S3, with their tables for Athena. @default true: it costs by use, and a dollar a month for its key */
  readonly auditExport?: boolean;
  /** Name, reach and firewall of the API. @default regional, under API Gateway's own address, behind a firewall */
  readonly api?: ApiOptions;
  /** How many of a function run at once. @default as many as the account has, none of them kept ready */
  readonly concurrency?: Concurrencies;
  /** The VPC that all functions stand in; the README lists what they must reach from there. @default none of ours */
  readonly network?: FunctionNetwork;
  /**
   * Bounds every role and user that is made. It must allow what they do: the functions' own permissions, and for the
   * federator's user whatever its federated sessions may. @default none
   */
  readonly permissionsBoundary?: IManagedPolicy;
  /**
   * Encrypts the tables, the logs and the audit's export in place of keys of their own; the trail has its own. Its policy
   * must leave to IAM who uses it, and let CloudWatch Logs use it. @default a key for each table, one for the logs, one
   * for the export
   */
  readonly encryptionKey?: IKey;
  /** Managed policies that the account lets a role have: as many profiles fit. @default 10, IAM's own quota, which AWS raises to 20 at most */
  readonly managedPolicyQuota?: number;
  /** In the primary region: the other regions of `deployment.regions`, which get copies of the tables. @default none */
  readonly replicas?: readonly Replica[];
  /** In any other region: the copies that the primary region's stack has made here. @default this is the primary region */
  readonly copies?: TableCopies;
  /** On all that takes tags, beside `daypass:deployment`. @default none */
  readonly tags?: { [key: string]: string };
}

/** This region's copies, by their names, which are the same in every region; the primary region's stack outputs them. */
export interface TableCopies {
  readonly issuances: string;
  readonly controls: string;
  readonly findings: string;
  readonly witnesses: string;
  /** Where the configuration has third parties. */
  readonly integrations?: string;
  /** As the primary region's `replicas` name it for this region. */
  readonly encryptionKeyArn: string;
}

/** The broker: API, functions, the record of every issuance, and what makes a proof good for once. */
export class Daypass extends Construct {
  readonly api: BrokerApi;
  readonly issuances: IssuanceTable;
  readonly proofs: ProofTable;
  readonly controls: ControlTable;
  readonly quotas: QuotaTable;
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
  /** Where a profile is named for them. */
  readonly canaries?: Canaries;
  readonly publishing: EventPublishing;
  readonly alarms: BrokerAlarms;
  /** There unless it was declined. */
  readonly auditExport?: AuditExport;
  readonly findings: FindingTable;
  readonly witnesses: WitnessTable;
  /** There where the configuration names no existing one. */
  readonly trail?: Trail;
  /** Where the trail's new objects are told. */
  readonly trailQueue: TrailQueue;
  readonly functions: PerFunction<BrokerFunction>;
  /** Under which callers reach the API, without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: DaypassProps) {
    super(scope, id);
    const { deployment } = props.configuration;
    requireOwnPlace(Stack.of(this), deployment);
    checkDeploymentOptions({ ...props, options: props, isOpen: Token.isUnresolved });
    const keys = props.encryptionKey === undefined ? {} : { encryptionKey: props.encryptionKey };
    const logs = new EncryptedLogs(this, 'Logs', {
      ...keys,
      retention: props.logRetention ?? RetentionDays.THIRTEEN_MONTHS,
    });
    checkRegions(props.configuration, props);
    const { copies } = props;
    const tables = props.replicas === undefined ? keys : { ...keys, replicas: props.replicas };
    const place = (name: Exclude<keyof TableCopies, 'encryptionKeyArn'>): TablePlaceProps => ({
      ...tables,
      ...(copies === undefined ? {} : { existing: requireCopy(copies, name) }),
    });
    this.issuances = new IssuanceTable(this, 'Issuances', place('issuances'));
    this.proofs = new ProofTable(this, 'Proofs');
    this.controls = new ControlTable(this, 'ControlTable', place('controls'));
    this.quotas = new QuotaTable(this, 'QuotaTable');
    this.tokenKey = new TokenKey(this, 'TokenKey', { deployment });
    this.webIdentityKeys = new WebIdentityKeys(this, 'WebIdentityKeys', {
      deployment,
      // A key that opens roles in other accounts is not there before a profile asks for it.
      names: usesWebIdentity(props.configuration) ? props.configuration.webIdentity.keys : [],
    });
    if (usesFederator(props.configuration)) {
      this.federator = new FederatorUser(this, 'Federator', { configuration: props.configuration });
    }
    if (usesIntegrations(props.configuration)) {
      this.integrations = new IntegrationTable(this, 'IntegrationTable', place('integrations'));
      const settings = requireIntegrationSettings(props.configuration);
      this.stranger = new StrangerRole(this, 'Stranger', {
        access: createStrangerRole({ deployment, settings }),
      });
    }
    this.findings = new FindingTable(this, 'Findings', place('findings'));
    this.witnesses = new WitnessTable(this, 'Witnesses', place('witnesses'));
    const { existing } = props.configuration.trail;
    this.trailQueue = new TrailQueue(this, 'TrailQueue', {
      visibilityTimeout: Duration.minutes(6),
      // Objects are read in the primary region alone: elsewhere nothing would empty the queue.
      ...(existing === undefined || copies !== undefined ? {} : { topicArn: existing.topicArn }),
    });
    if (existing === undefined)
      this.trail = new Trail(this, 'Trail', {
        ...{ deployment, queue: this.trailQueue },
        retention: Duration.days(props.configuration.audit.retentionDays),
      });
    this.publishing = new EventPublishing(this, 'Publishing', {
      // The primary region's streams have what is written in every region: each row is told once.
      tables:
        copies === undefined
          ? {
              issuances: this.issuances,
              ...(this.integrations === undefined ? {} : { integrations: this.integrations }),
              findings: this.findings,
              controls: this.controls,
            }
          : {},
    });
    this.functions = this.createFunctions(props, logs);
    this.publishing.publishBy(this.functions.publisher.handler);
    const { authorizer, rotation, integrations, 'integration-issuer': issuer } = this.functions;
    if (integrations !== undefined && copies === undefined) {
      new IntegrationSchedule(this, 'IntegrationSchedule', { integrations: integrations.handler });
      this.integrationAlarms = new IntegrationAlarms(this, 'IntegrationAlarms', {
        ...{ deployment, logGroup: integrations.logGroup },
      });
    }
    if (appliesRevocations(props.configuration))
      new RevocationSchedule(this, 'RevocationSchedule', { controls: this.functions.controls.handler });
    if (issuer !== undefined)
      new CfnAlias(this, 'VerifyAlias', {
        ...{ name: verifyAlias, functionName: issuer.handler.functionName },
        // What is deployed: the alias stands for a permission, not for a version.
        functionVersion: '$LATEST',
      });
    const accessLogs = logs.addLogGroup(this, 'AccessLogs');
    this.api = new BrokerApi(this, 'Api', {
      ...props.api,
      ...{ configuration: props.configuration, logs },
      authorizer: authorizer.invoked,
      handlers: toPerFunction(props.configuration, (name) => requireDeployed(this.functions, name).invoked),
      accessLogs,
      throttle: props.throttle ?? { rateLimit: 50, burstLimit: 100 },
      cloudWatchRole: props.cloudWatchRole ?? true,
    });
    if (rotation !== undefined) {
      const functions = Object.values(this.functions).map(({ handler }) => handler);
      this.federator?.rotateBy(rotation.handler, [...functions, this.api]);
    }
    this.acceptTrailObjects(props.configuration);
    new Reconciliation(this, 'Reconciliation', {
      ...{ configuration: props.configuration, queue: this.trailQueue, accessLogs },
      reconciler: this.functions.reconciler.handler,
    });
    this.alarms = this.addAlarms(props);
    if (props.dashboard ?? true) this.addDashboard(deployment);
    // Of what the primary region tells, which is all.
    if ((props.auditExport ?? true) && copies === undefined)
      this.auditExport = new AuditExport(this, 'AuditExport', {
        ...{ deployment, retentionDays: props.configuration.audit.retentionDays, ...keys },
      });
    if (usesOwnOutboundFederation(props.configuration)) this.checkOutboundFederation(logs);
    this.url = deployment.url ?? this.toDefaultUrl(deployment);
    this.addEnvironment(props.configuration);
    if (props.canaryProfile !== undefined) this.canaries = this.addCanaries(props, props.canaryProfile, logs);
    Tags.of(this).add('daypass:deployment', deployment.stage);
    for (const [name, value] of Object.entries(props.tags ?? {})) Tags.of(this).add(name, value);
    const { rolePath } = props.configuration.deployment;
    if (rolePath !== undefined) addRolePath(this, rolePath);
    if (props.permissionsBoundary !== undefined)
      PermissionsBoundary.of(this).apply(props.permissionsBoundary);
  }

  /** A deployment that fails at it leaves nothing of the audit's behind that is kept: logs and their key come before it. */
  private checkOutboundFederation(logs: EncryptedLogs): void {
    const logGroup = logs.addLogGroup(this, 'OutboundFederationLogs');
    const check = new OutboundFederationCheck(this, 'OutboundFederation', { logGroup });
    for (const kept of [
      ...[this.issuances, this.proofs, this.controls, this.findings, this.integrations],
      ...[this.tokenKey, this.webIdentityKeys, this.federator, this.trail, this.auditExport],
    ])
      kept?.node.addDependency(check);
  }

  /** Each object of a trail has a name of its own, which nobody knows before. */
  private acceptTrailObjects({ trail, deployment }: Configuration): void {
    const bucket = this.trail?.bucket.node.defaultChild;
    const bucketArn =
      bucket !== undefined && CfnElement.isCfnElement(bucket)
        ? `<${Stack.of(this).getLogicalId(bucket)}.Arn>`
        : toTrailAccess(this, { trail, deployment }).trailBucketArn;
    Validations.of(this.functions.reconciler).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${toTrailObjects(bucketArn, trail, deployment)}]`,
      reason:
        "CloudTrail's objects of events, by their folder: it is read, and nothing else is done with them",
    });
  }

  private addAlarms({ configuration, alarmTopic, copies }: DaypassProps): BrokerAlarms {
    const alarms = new BrokerAlarms(this, 'Alarms', {
      deployment: configuration.deployment,
      restApi: this.api.restApi,
      functions: this.toHandlers(),
      deadLetters: { publishing: this.publishing.deadLetters, trail: this.trailQueue.deadLetters },
      ...(copies === undefined ? { trailQueue: this.trailQueue.queue } : { readsTrail: false }),
      certificateDays: this.api.metricCertificateDaysToExpiry(),
    });
    if (alarmTopic !== undefined)
      notify([...alarms.alarms, ...(this.integrationAlarms?.alarms ?? [])], alarmTopic);
    return alarms;
  }

  private addCanaries(
    { api, configuration, alarmTopic }: DaypassProps,
    profile: string,
    logs: EncryptedLogs,
  ): Canaries {
    checkCanaryAccess(api);
    const canaries = new Canaries(this, 'Canaries', {
      ...{ configuration, profile, logs, url: this.url, apiId: this.api.restApi.restApiId },
    });
    if (alarmTopic !== undefined) notify(canaries.alarms, alarmTopic);
    return canaries;
  }

  private addDashboard(deployment: Deployment): void {
    const drift = this.integrationAlarms;
    new BrokerDashboard(this, 'Dashboard', {
      deployment,
      functions: this.toHandlers(),
      integrations:
        drift === undefined
          ? []
          : [drift.metricDrift(), drift.metricBroken(), drift.metricUnproven(), drift.metricLeftOut()],
    });
  }

  private toHandlers(): Readonly<Record<string, IFunction>> {
    return Object.fromEntries(Object.entries(this.functions).map(([name, { handler }]) => [name, handler]));
  }

  private createFunctions(props: DaypassProps, logs: EncryptedLogs): PerFunction<BrokerFunction> {
    const { layer } = new ConfigurationLayer(this, 'Configuration', props);
    const network = props.network === undefined ? {} : { network: toFunctionNetwork(this, props.network) };
    const roles = createFunctionRoles({
      configuration: props.configuration,
      tableArn: this.issuances.table.tableArn,
      keyArn: this.issuances.key.keyArn,
      proofTableArn: this.proofs.table.tableArn,
      controls: {
        controlTableArn: this.controls.table.tableArn,
        quotaTableArn: this.quotas.table.tableArn,
        ...(this.controls.key === undefined ? {} : { keyArn: this.controls.key.keyArn }),
      },
      tokenKeyArn: this.tokenKey.key.keyArn,
      webIdentityKeyArns: this.webIdentityKeys.keys.map(({ keyArn }) => keyArn),
      ...(this.federator === undefined ? {} : { federatorSecretArn: this.federator.secret.secretArn }),
      ...(this.integrations === undefined ? {} : { integrationTable: toAccess(this.integrations) }),
      reconciliation: {
        findingTableArn: this.findings.table.tableArn,
        findingKeyArn: this.findings.key.keyArn,
        witnessTableArn: this.witnesses.table.tableArn,
        queueArn: this.trailQueue.queue.queueArn,
        ...toTrailAccess(this, props.configuration),
      },
      streams: this.publishing.streams,
      publishingDeadLettersArn: this.publishing.deadLetters.queueArn,
    });
    return toPerFunction(props.configuration, (functionName) => {
      const access = requireDeployed(roles, functionName);
      const id = toConstructId(functionName);
      const readsIt = variablesOf(functionName, props.configuration).includes('configurationFile');
      const layers = readsIt ? [layer] : [];
      const concurrency = props.concurrency?.[functionName];
      const { managedPolicyQuota } = props;
      return new BrokerFunction(this, id, {
        ...{ functionName, access, layers, logs, ...network },
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(managedPolicyQuota === undefined ? {} : { managedPolicyQuota }),
      });
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
      controlTable: this.controls.table.tableName,
      quotaTable: this.quotas.table.tableName,
      findingTable: this.findings.table.tableName,
      witnessTable: this.witnesses.table.tableName,
      trailBucket: this.trail?.bucket.bucketName ?? configuration.trail.existing?.bucketName ?? '',
      url: this.url,
      federationUrl: toFederationUrl(configuration.deployment),
      stsUrl: toStsUrl(configuration.deployment),
      tokenKeyArn: this.tokenKey.key.keyArn,
      webIdentityKeyArns: this.webIdentityKeys.keys.map(({ keyArn }) => keyArn).join(','),
      federatorSecretArn: this.federator?.secret.secretArn ?? '',
      federatorUserName: this.federator?.userName ?? '',
      keyTestSeconds: '60',
      integrationTable: this.integrations?.table.tableName ?? '',
      otherRegions: toOtherRegions(configuration.deployment).join(','),
    };
    for (const name of deployedFunctions(configuration)) {
      const { handler } = requireDeployed(this.functions, name);
      for (const variable of variablesOf(name, configuration))
        handler.addEnvironment(environment[variable], values[variable]);
    }
  }
}

function requireCopy(
  copies: TableCopies,
  name: Exclude<keyof TableCopies, 'encryptionKeyArn'>,
): NonNullable<TablePlaceProps['existing']> {
  const tableName = copies[name];
  if (tableName === undefined)
    throw new TypeError(
      `copies.${name} is missing; the stack of the primary region outputs the name of that table`,
    );
  return { tableName, encryptionKeyArn: copies.encryptionKeyArn };
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

/** The deployment's own trail, or the one that the configuration names. */
function toTrailAccess(
  { trail }: Pick<Daypass, 'trail'>,
  { trail: settings, deployment }: Pick<Configuration, 'trail' | 'deployment'>,
) {
  if (trail !== undefined) return { trailBucketArn: trail.bucket.bucketArn, trailKeyArn: trail.key.keyArn };
  const { bucketName, keyArn } = settings.existing ?? { bucketName: '' };
  return {
    trailBucketArn: `arn:${deployment.partition}:s3:::${bucketName}`,
    ...(keyArn === undefined ? {} : { trailKeyArn: keyArn }),
  };
}

const toAccess = ({ table, key }: IntegrationTable) => ({ tableArn: table.tableArn, keyArn: key.keyArn });
