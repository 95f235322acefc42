import { randomUUID } from 'node:crypto';
import { putVersion } from './put-version.ts';
import type { Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';
import { current, findStage, isRotating, pending } from './staging-labels.ts';

/** A secret that's there from the start, as a stack makes it. */
export interface InitialSecret {
  readonly arn: string;
  readonly name: string;
  /** Until its first rotation, which is open at once. */
  readonly value: string;
  readonly rotationFunctionArn: string;
  readonly rotationRules: Readonly<Record<string, unknown>>;
  /** As JSON. An Allow in it adds nothing here: the caller's own policies must allow too. */
  readonly resourcePolicy: unknown;
}

/** Calls a Lambda function as Secrets Manager does. Rejects when it fails. */
export type InvokeFunction = (functionArn: string, event: unknown) => Promise<unknown>;

/** The rotations of all secrets: Secrets Manager's side of them. */
export interface Rotations {
  /**
   * Takes an open rotation through its steps, from the first one: each can be repeated. Resolves at once where none is
   * open, and with the others where one is under way. Rejects as the step does that fails: the rotation stays open.
   */
  run(secretArn: string): Promise<void>;
}

/** Source: Secrets Manager guide, "Lambda rotation functions". */
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

export function createRotations(store: SecretStore, invoke: InvokeFunction): Rotations {
  const underWay = new Map<string, Promise<void>>();
  return {
    run: (secretArn) => {
      const running = underWay.get(secretArn) ?? runSteps(store.find(secretArn, ''), invoke);
      underWay.set(secretArn, running);
      const end = () => underWay.delete(secretArn);
      running.then(end, end);
      return running;
    },
  };
}

async function runSteps(secret: Secret | undefined, invoke: InvokeFunction): Promise<void> {
  if (secret?.rotation === undefined || !isRotating(secret)) return;
  const ClientRequestToken = findStage(secret.versions, pending)?.versionId;
  for (const Step of steps) {
    await invoke(secret.rotation.lambdaArn, { Step, SecretId: secret.arn, ClientRequestToken });
  }
}

/** Makes the secret where it's missing. */
export function addSecret(store: SecretStore, initial: InitialSecret, nowMs: number): void {
  const { arn, name, value, rotationFunctionArn: lambdaArn, rotationRules: rules } = initial;
  const accountId = arn.split(':')[4] ?? '';
  if (store.find(arn, accountId) !== undefined) return;
  const times = { createdAtMs: nowMs, lastChangedAtMs: nowMs };
  const empty: Secret = {
    arn,
    accountId,
    name,
    tags: {},
    ...times,
    rotation: { lambdaArn, rules },
    versions: [],
  };
  const made = putVersion(empty, {
    versionId: randomUUID(),
    value: { kind: 'string', text: value },
    stages: [current],
    nowMs,
  });
  store.save(putVersion(made, { versionId: randomUUID(), value: undefined, stages: [pending], nowMs }));
}
