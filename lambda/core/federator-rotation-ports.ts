import type { LongTermKey } from './ports.ts';

/** The access keys of the one IAM user who is the federator. Each method rejects when IAM cannot be asked. */
export interface FederatorAccessKeys {
  /** All of them, active or not; one that was just made or deleted may be missing or still there. */
  list(): Promise<readonly AccessKeySummary[]>;
  /** Rejects with the `RotationError` `key-limit` while the user has two. */
  create(): Promise<LongTermKey>;
  /** Resolves for a key that is no more, too. */
  deactivate(accessKeyId: string): Promise<void>;
  /** Resolves for a key that is no more, too. */
  delete(accessKeyId: string): Promise<void>;
}

/** A key as IAM lists it: never with its secret. */
export interface AccessKeySummary {
  readonly accessKeyId: string;
  readonly isActive: boolean;
}

/** The one secret that holds the federator's key. Each method rejects when Secrets Manager cannot be asked. */
export interface FederatorSecret {
  describe(): Promise<SecretDescription>;
  /** `undefined` when the version has no value yet. Rejects when the label is not on that version. */
  read(version: StagedVersion): Promise<SecretVersion | undefined>;
  /** The value of a version, under the label AWSPENDING. Rejects when the version has another one already. */
  put(versionId: string, key: LongTermKey): Promise<void>;
  /** Rejects when the label is not where it is to be taken from. */
  moveStage(move: StageMove): Promise<void>;
}

export interface SecretDescription {
  /** The version that each label is on: a label is on one at a time. */
  readonly stages: ReadonlyMap<string, string>;
  /** Epoch milliseconds of the last change of any kind: of a value, of a label, of a tag. */
  readonly lastChangedAtMs: number;
}

export interface StagedVersion {
  readonly versionId: string;
  readonly stage: string;
}

export interface SecretVersion {
  /** `undefined` when the value is something else, as the secret's first one is. */
  readonly key: LongTermKey | undefined;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
}

export interface StageMove {
  readonly stage: string;
  /** The version that has the label; `undefined` when none has. */
  readonly from: string | undefined;
  /** `undefined` takes the label away. */
  readonly to: string | undefined;
}

/** Whom a key makes at the region's STS endpoint, by GetCallerIdentity: asking mints nothing. Never rejects. */
export interface KeyTester {
  identify(key: LongTermKey): Promise<KeyIdentity>;
}

export type KeyIdentity =
  | { readonly state: 'ACCEPTED'; readonly arn: string }
  /** Refused, or not answered: why, without anything of the key's secret. */
  | { readonly state: 'REFUSED'; readonly detail: string };
