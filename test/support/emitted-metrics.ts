import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { createLogger } from '../../lambda/adapters/json-logger.ts';
import { IssuerUnavailableError, TokenRefusedError } from '../../lambda/core/authentication-errors.ts';
import { createAnswerRevokeTask } from '../../lambda/core/controls/answer-revoke-task.ts';
import { createCleanUpRevocations } from '../../lambda/core/controls/clean-up-revocations.ts';
import {
  AccessDeniedError,
  AuditUnavailableError,
  type BrokerError,
  RefusedByStsError,
  StsThrottledError,
  StsUnavailableError,
  TooManyAttemptsError,
} from '../../lambda/core/errors.ts';
import { createHandleRotationEvent } from '../../lambda/core/handle-rotation-event.ts';
import type { Logger } from '../../lambda/core/logger.ts';
import { createPublishChanges } from '../../lambda/core/publishing/publish-changes.ts';
import type { RowChange } from '../../lambda/core/publishing/row-change.ts';
import { createHandleInvocation } from '../../lambda/core/reconciliation/handle-invocation.ts';
import { deactivationEvent } from '../../lambda/core/rotation-event.ts';
import { createAuthorizer } from '../../lambda/http/authorizer.ts';
import { createHandler } from '../../lambda/http/create-handler.ts';
import { aPrincipal } from './a-principal.ts';
import { aRevocation as aDueRevocation, aRevocationPolicy } from './a-revocation.ts';
import { aContext, anEvent, own } from './an-event.ts';
import { anIntent, outcomes } from './an-issuance.ts';
import { anAuthorizerEvent, apiId, stage } from './authorizer-event.ts';
import { aBus, aFindingRow, aRowChange } from './row-changes.ts';
import { nowMs } from './tokens.ts';

/** One value of a metric, as CloudWatch takes it from a line. */
export interface EmittedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/**
 * What CloudWatch takes from a line of embedded metrics: each set of dimensions is a metric of its own, and none is
 * taken where a value is not there. Source: CloudWatch guide, "Specification: Embedded metric format".
 */
export function readMetrics(line: string): readonly EmittedMetric[] {
  const members = JSON.parse(line) as Readonly<Record<string, unknown>> & {
    readonly _aws?: {
      readonly Timestamp: number;
      readonly CloudWatchMetrics: readonly {
        readonly Namespace: string;
        readonly Dimensions: readonly (readonly string[])[];
        readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
      }[];
    };
  };
  if (members._aws === undefined || !Number.isInteger(members._aws.Timestamp)) return [];
  return members._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.flatMap(({ Name, Unit }): readonly EmittedMetric[] => {
        const value = members[Name];
        const dimensions = Object.fromEntries(names.map((name) => [name, members[name]]));
        if (typeof value !== 'number' || !Object.values(dimensions).every(isDimension)) return [];
        return [
          {
            ...{ namespace: Namespace, name: Name, unit: Unit, value },
            dimensions: dimensions as EmittedMetric['dimensions'],
          },
        ];
      }),
    ),
  );
}

const isDimension = (value: unknown) => typeof value === 'string' && value !== '' && value.length <= 1024;

/** Has something log by the functions' own logger, and answers what CloudWatch takes of it. */
export async function metricsOf(run: (logger: Logger) => unknown): Promise<readonly EmittedMetric[]> {
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => lines.push(line), now: () => nowMs, stage: 'prod' });
  await run(logger);
  return lines.flatMap(readMetrics);
}

/** A request that is answered so. */
export const aRequest =
  (answer: BrokerError | Error | undefined, handledBy: 'issuer' | 'audit' = 'issuer') =>
  async (logger: Logger): Promise<void> => {
    const operation = handledBy === 'issuer' ? 'issueCredentials' : 'listIssuances';
    const handle = createHandler({
      ...{ handledBy, own, logger, now: () => nowMs },
      endpoints: {
        [operation]: async () => {
          if (answer !== undefined) throw answer;
          return { status: 200, body: {} };
        },
      },
    });
    const pathParameters = handledBy === 'issuer' ? { profile: 'prod-readonly' } : {};
    await handle(anEvent(operation, { pathParameters }), aContext);
  };

/** A token about which the authorizer finds this out. */
export const aToken = (refusal?: Error) => async (logger: Logger) => {
  const authorize = createAuthorizer({
    ...{ apiId, stage, logger },
    authenticate: async () => {
      if (refusal !== undefined) throw refusal;
      return aPrincipal();
    },
  });
  const event: APIGatewayRequestAuthorizerEvent = anAuthorizerEvent(['Bearer e30.e30.AAAA']);
  await authorize(event).catch(() => {});
};

/** A step of the rotation that fails so. */
export const aRotation = (error: Error) => async (logger: Logger) => {
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:daypass-AbCdEf';
  const handle = createHandleRotationEvent({ secretArn, logger, rotate: () => Promise.reject(error) });
  await handle(deactivationEvent, nowMs).catch(() => {});
};

/** An hourly look that is done. */
export const aRotationRun = (isOverdue: boolean) => async (logger: Logger) => {
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:daypass-AbCdEf';
  const rotate = async () => ({ outcome: 'not-active', isOverdue });
  await createHandleRotationEvent({ secretArn, logger, rotate })(deactivationEvent, nowMs);
};

/** Changes of rows, of which the bus takes as many. */
export const somePublishing = (changes: readonly RowChange[], takes?: number) => async (logger: Logger) => {
  const { bus } = aBus(takes === undefined ? {} : { takes });
  await createPublishChanges({ bus, logger, stage: 'prod', hasCopies: false })(changes);
};

export const anIssuedChange = aRowChange({
  before: { ...anIntent(), state: 'PENDING' },
  after: { ...anIntent(), ...outcomes.ISSUED },
});

/** A run of the reconciler that finds this, and cannot complete three rows. */
export const aSettlement =
  (found: Parameters<typeof settles>[0]) =>
  async (logger: Logger): Promise<void> => {
    await settles(found, logger)({ task: 'settle' }, () => 60_000);
  };

/** A run of the reconciler that cannot finish three rows. */
export const aSweep = async (logger: Logger): Promise<void> => {
  await settles([], logger)({ task: 'sweep' }, () => 60_000);
};

/** A reconciler whose runs find this; it has no other ports than those that are given. */
export const settles = (
  found: Awaited<ReturnType<Parameters<typeof createHandleInvocation>[0]['tasks']['settle']>>['found'],
  logger: Logger,
  ports: Partial<Parameters<typeof createHandleInvocation>[0]> = {},
) => {
  const unused = () => Promise.reject(new Error('nobody asks'));
  return createHandleInvocation({
    reconcileRecords: unused,
    objects: {
      findAccount: () => undefined,
      isUnreadable: (_error): _error is Error => false,
      read: () => [] as never,
    },
    findings: { record: unused, resolve: unused },
    accountId: '111111111111',
    hearLine: { keep: unused, compare: unused },
    tasks: {
      sweep: async () => ({ looked: 0, failed: 3, hasMore: true, swept: 0, passedOver: 0 }),
      settle: async () => ({ looked: 0, failed: 3, hasMore: false, found }) as never,
    },
    logger,
    ...ports,
  });
};

/** An object of the trail, of the broker's own account, with nothing in it. */
export const anObjectOfTheTrail = async (logger: Logger): Promise<void> => {
  const counts = {
    ...{ foreign: 0, harmless: 0, 'nothing-minted': 0, 'too-old': 0, remembered: 0 },
    ...{ deferred: 0, joined: 0, unaudited: 0, unreadable: 0, failed: 0 },
  };
  const handle = settles([], logger, {
    reconcileRecords: async () => ({ counts, found: [] }),
    objects: {
      findAccount: () => '111111111111',
      isUnreadable: (_error): _error is Error => false,
      read: async function* () {},
    },
  });
  const body = JSON.stringify({ s3Bucket: 'trail', s3ObjectKey: ['x'] });
  await handle({ Records: [{ eventSource: 'aws:sqs', messageId: '1', body }] }, () => 60_000);
};

/** A policy that IAM does not take. */
export const aRevocation = async (logger: Logger): Promise<void> => {
  const answer = async () => ({ state: 'FAILED', isCertain: true, detail: 'AccessDenied' }) as const;
  const revoke = createAnswerRevokeTask({
    deployment: { accountId: '111111111111', region: 'eu-west-1', partition: 'aws', stage: 'prod' },
    policies: { put: answer, delete: answer },
    logger,
  });
  const roleArn = 'arn:aws:iam::111111111111:role/daypass/Tables';
  await revoke({ task: 'remove', roleArn, policyName: 'daypass-revoked-01KDVDPJ0000000000000000A0' });
};

/** A policy that is due and stays. */
export const aCleanUp = async (logger: Logger): Promise<void> => {
  const answer = async () => ({ state: 'FAILED', isCertain: true, detail: 'AccessDenied' }) as const;
  const revocation = aDueRevocation({ policies: [aRevocationPolicy({ state: 'APPLIED' })] });
  await createCleanUpRevocations({
    store: { due: async () => ({ revocations: [revocation], unreadable: [] }), put: async () => true },
    revoker: { apply: answer, remove: answer },
    ...{ logger, now: () => Number.MAX_SAFE_INTEGER },
  })();
};

/** Of everything that is measured, by the code of the functions. */
export async function everyMetric(): Promise<readonly EmittedMetric[]> {
  const refusal = { detail: 'why' };
  const runs = [
    aRequest(undefined),
    aRequest(new AccessDeniedError('no', refusal)),
    aRequest(new TooManyAttemptsError('no')),
    aRequest(new StsThrottledError('no')),
    aRequest(new StsUnavailableError('no')),
    aRequest(new RefusedByStsError('no')),
    aRequest(new AuditUnavailableError('no')),
    aRequest(new Error('a defect')),
    aToken(),
    aToken(new TokenRefusedError('expired', refusal)),
    aToken(new IssuerUnavailableError('okta', { cause: new Error('no route') })),
    aToken(new Error('a defect')),
    aRotation(new Error('throttled')),
    aRotationRun(false),
    somePublishing([anIssuedChange]),
    somePublishing([anIssuedChange], 0),
    somePublishing([aRowChange({ table: 'findings', after: aFindingRow() })]),
    somePublishing([
      aRowChange({
        table: 'findings',
        after: aFindingRow({
          id: 'missing-from-cloudtrail-A',
          kind: 'missing-from-cloudtrail',
          severity: 'error',
        }),
      }),
    ]),
    somePublishing([aRowChange({ before: { ...anIntent() } })]),
    somePublishing([aRowChange({ unreadable: ['after'], after: {} })]),
    aSettlement([]),
    anObjectOfTheTrail,
    aRevocation,
    aCleanUp,
  ];
  return (await Promise.all(runs.map(metricsOf))).flat();
}
