import { Duration, Stack, Tags, Token, Validations } from 'aws-cdk-lib';
import { PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { CfnAlias, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  appliesRevocations,
  type Configuration,
  type Deployment,
  usesFederator,
  usesIntegrations,
  usesWebIdentity,
} from '../../lambda/core/configuration.ts';
import {
  type PerFunction,
  requireDeployed,
  toPerFunction,
  verifyAlias,
} from '../../lambda/core/function-roles.ts';
import { isPrimary } from '../../lambda/core/regions.ts';
import { checkCanaryAccess } from '../canaries.ts';
import { checkDeploymentOptions } from '../check-deployment-options.ts';
import { checkRegions } from '../check-regions.ts';
import { createStrangerRole, requireIntegrationSettings } from '../integration-permissions.ts';
import { AuditExport } from './audit-export.ts';
import { BrokerAlarms, notify } from './broker-alarms.ts';
import { BrokerApi } from './broker-api.ts';
import { BrokerDashboard } from './broker-dashboard.ts';
import type { BrokerFunction } from './broker-function.ts';
import { addBrokerFunctions } from './broker-functions.ts';
import type { BrokerParts } from './broker-parts.ts';
import { Canaries } from './canaries.ts';
import { ControlTable } from './control-table.ts';
import type { DaypassProps } from './daypass-props.ts';
import { EncryptedLogs } from './encrypted-logs.ts';
import { EventPublishing } from './event-publishing.ts';
import { FederatorUser } from './federator-user.ts';
import { FindingTable } from './finding-table.ts';
import { addEnvironment } from './function-environment.ts';
import { IntegrationAlarms } from './integration-alarms.ts';
import { IntegrationSchedule } from './integration-schedule.ts';
import { IntegrationTable } from './integration-table.ts';
import { IssuanceTable } from './issuance-table.ts';
import { OutboundFederationCheck, usesOwnOutboundFederation } from './outbound-federation-check.ts';
import { requireOwnPlace } from './own-place.ts';
import { ProofTable } from './proof-table.ts';
import { QuotaTable } from './quota-table.ts';
import { Reconciliation } from './reconciliation.ts';
import { RevocationSchedule } from './revocation-schedule.ts';
import { addRolePath } from './role-path.ts';
import { StrangerRole } from './stranger-role.ts';
import { toTablePlace } from './table-copies.ts';
import { TokenKey } from './token-key.ts';
import { Trail } from './trail.ts';
import { toTrailFinding } from './trail-access.ts';
import { TrailQueue } from './trail-queue.ts';
import { WebIdentityKeys } from './web-identity-keys.ts';
import { WitnessTable } from './witness-table.ts';

/** The broker: API, functions, the record of every issuance, and what makes a proof good for once. */
export class Daypass extends Construct implements BrokerParts {
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
    const { configuration, copies } = props;
    const { deployment } = configuration;
    requireOwnPlace(Stack.of(this), deployment);
    checkDeploymentOptions({ ...props, options: props, isOpen: Token.isUnresolved });
    const retention = props.logRetention ?? RetentionDays.THIRTEEN_MONTHS;
    const logs = new EncryptedLogs(this, 'Logs', { ...toKey(props), retention });
    checkRegions(configuration, props);
    this.issuances = new IssuanceTable(this, 'Issuances', toTablePlace('issuances', props));
    this.proofs = new ProofTable(this, 'Proofs');
    this.controls = new ControlTable(this, 'ControlTable', toTablePlace('controls', props));
    this.quotas = new QuotaTable(this, 'QuotaTable');
    this.tokenKey = new TokenKey(this, 'TokenKey', { deployment });
    this.webIdentityKeys = this.createWebIdentityKeys(configuration);
    if (usesFederator(configuration))
      this.federator = new FederatorUser(this, 'Federator', { configuration });
    if (usesIntegrations(configuration)) {
      this.integrations = new IntegrationTable(this, 'IntegrationTable', toTablePlace('integrations', props));
      this.stranger = this.createStranger(configuration);
    }
    this.findings = new FindingTable(this, 'Findings', toTablePlace('findings', props));
    this.witnesses = new WitnessTable(this, 'Witnesses', toTablePlace('witnesses', props));
    this.trailQueue = this.createTrailQueue(props);
    if (configuration.trail.existing === undefined) this.trail = this.createTrail(configuration);
    this.publishing = this.createPublishing(copies);
    this.functions = addBrokerFunctions(this, this, { ...props, logs });
    this.publishing.publishBy(this.functions.publisher.handler);
    const alarms = copies === undefined ? this.watchThirdParties(deployment) : undefined;
    if (alarms !== undefined) this.integrationAlarms = alarms;
    if (appliesRevocations(configuration))
      new RevocationSchedule(this, 'RevocationSchedule', { controls: this.functions.controls.handler });
    this.nameVerification();
    const accessLogs = logs.addLogGroup(this, 'AccessLogs');
    this.api = this.createApi(props, { logs, accessLogs });
    this.rotateKey();
    this.reconcile(configuration, accessLogs);
    this.alarms = this.addAlarms(props);
    if (props.dashboard ?? true) this.addDashboard(deployment);
    // Of what the primary region tells, which is all.
    if ((props.auditExport ?? true) && copies === undefined) this.auditExport = this.exportAudit(props);
    if (usesOwnOutboundFederation(configuration)) this.checkOutboundFederation(logs);
    this.url = deployment.url ?? this.toDefaultUrl(deployment);
    addEnvironment(this.functions, this, { configuration, api: this.api, url: this.url });
    if (props.canaryProfile !== undefined) this.canaries = this.addCanaries(props, props.canaryProfile, logs);
    this.followRules(props);
  }

  private createWebIdentityKeys(configuration: Configuration): WebIdentityKeys {
    return new WebIdentityKeys(this, 'WebIdentityKeys', {
      deployment: configuration.deployment,
      // A key that opens roles in other accounts is not there before a profile asks for it.
      names: usesWebIdentity(configuration) ? configuration.webIdentity.keys : [],
    });
  }

  private createStranger(configuration: Configuration): StrangerRole {
    const settings = requireIntegrationSettings(configuration);
    const access = createStrangerRole({ deployment: configuration.deployment, settings });
    return new StrangerRole(this, 'Stranger', { access });
  }

  private createTrailQueue({ configuration, copies }: DaypassProps): TrailQueue {
    const { existing } = configuration.trail;
    return new TrailQueue(this, 'TrailQueue', {
      visibilityTimeout: Duration.minutes(6),
      // Objects are read in the primary region alone: elsewhere nothing would empty the queue.
      ...(existing === undefined || copies !== undefined ? {} : { topicArn: existing.topicArn }),
    });
  }

  private createTrail({ deployment, audit }: Configuration): Trail {
    return new Trail(this, 'Trail', {
      ...{ deployment, queue: this.trailQueue },
      retention: Duration.days(audit.retentionDays),
    });
  }

  private createPublishing(copies: DaypassProps['copies']): EventPublishing {
    const { issuances, integrations, findings, controls } = this;
    return new EventPublishing(this, 'Publishing', {
      // The primary region's streams have what is written in every region: each row is told once.
      tables:
        copies === undefined
          ? { issuances, ...(integrations === undefined ? {} : { integrations }), findings, controls }
          : {},
    });
  }

  /** Where the configuration has third parties. */
  private watchThirdParties(deployment: Deployment): IntegrationAlarms | undefined {
    const { integrations } = this.functions;
    if (integrations === undefined) return undefined;
    new IntegrationSchedule(this, 'IntegrationSchedule', { integrations: integrations.handler });
    return new IntegrationAlarms(this, 'IntegrationAlarms', {
      ...{ deployment, logGroup: integrations.logGroup },
    });
  }

  private nameVerification(): void {
    const { 'integration-issuer': issuer } = this.functions;
    if (issuer === undefined) return;
    new CfnAlias(this, 'VerifyAlias', {
      ...{ name: verifyAlias, functionName: issuer.handler.functionName },
      // What is deployed: the alias stands for a permission, not for a version.
      functionVersion: '$LATEST',
    });
  }

  private createApi(
    { api, configuration, throttle, cloudWatchRole }: DaypassProps,
    logging: { readonly logs: EncryptedLogs; readonly accessLogs: ILogGroup },
  ): BrokerApi {
    return new BrokerApi(this, 'Api', {
      ...{ ...api, configuration, ...logging },
      authorizer: this.functions.authorizer.invoked,
      handlers: toPerFunction(configuration, (name) => requireDeployed(this.functions, name).invoked),
      throttle: throttle ?? { rateLimit: 50, burstLimit: 100 },
      cloudWatchRole: cloudWatchRole ?? true,
    });
  }

  private rotateKey(): void {
    const { rotation } = this.functions;
    if (rotation === undefined) return;
    this.federator?.rotateBy(rotation.handler, [...Object.values(this.toHandlers()), this.api]);
  }

  private reconcile(configuration: Configuration, accessLogs: ILogGroup): void {
    const { reconciler } = this.functions;
    if (isPrimary(configuration.deployment))
      Validations.of(reconciler).acknowledge({
        id: toTrailFinding(this, this.trail, configuration),
        reason:
          "CloudTrail's objects of events, by their folder: it is read, and nothing else is done with them",
      });
    new Reconciliation(this, 'Reconciliation', {
      ...{ configuration, queue: this.trailQueue, accessLogs },
      reconciler: reconciler.handler,
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

  private exportAudit(props: DaypassProps): AuditExport {
    const { deployment, audit } = props.configuration;
    const auditExport = new AuditExport(this, 'AuditExport', {
      ...{ deployment, retentionDays: audit.retentionDays, ...toKey(props) },
    });
    if (props.alarmTopic !== undefined) notify(auditExport.alarms, props.alarmTopic);
    return auditExport;
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

  /** The company's, for all that was made before. */
  private followRules({ configuration, tags = {}, permissionsBoundary }: DaypassProps): void {
    const { stage, rolePath } = configuration.deployment;
    Tags.of(this).add('daypass:deployment', stage);
    for (const [name, value] of Object.entries(tags)) Tags.of(this).add(name, value);
    if (rolePath !== undefined) addRolePath(this, rolePath);
    if (permissionsBoundary !== undefined) PermissionsBoundary.of(this).apply(permissionsBoundary);
  }

  private toHandlers(): Readonly<Record<string, IFunction>> {
    return Object.fromEntries(Object.entries(this.functions).map(([name, { handler }]) => [name, handler]));
  }

  /** Of the API's id alone: the stage's own URL waits for the functions, which are told this one. */
  private toDefaultUrl({ region, stage }: Deployment): string {
    return `https://${this.api.restApi.restApiId}.execute-api.${region}.${Stack.of(this).urlSuffix}/${stage}`;
  }
}

const toKey = ({ encryptionKey }: DaypassProps) => (encryptionKey === undefined ? {} : { encryptionKey });
