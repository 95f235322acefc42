import type * as z from 'zod';
import type { Caller } from '../caller.ts';
import type { Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';

/** One authenticated call with parameters of the right shape. */
export interface SecretCall<Input = SecretInput> {
  readonly input: Input;
  readonly caller: Caller;
  readonly region: string;
  readonly nowMs: number;
  readonly store: SecretStore;
  /** Of the secret, or of the one that would be made. */
  readonly arn: string;
  /** The one that the call names; `undefined` when there's none. */
  readonly secret: Secret | undefined;
  /** Takes the secret's open rotation through its steps, after the answer. */
  readonly beginRotation: (secretArn: string) => void;
}

/** What several operations have, for the condition keys. */
export interface SecretInput {
  readonly SecretId?: string | undefined;
  readonly Name?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly VersionStage?: string | undefined;
  readonly RotationLambdaARN?: string | undefined;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[] | undefined;
}

export interface SecretOperation<Input extends SecretInput = SecretInput> {
  readonly schema: z.ZodType<Input>;
  /** For a caller who may: the answer's fields; those that are `undefined` are left out. */
  readonly run: (call: SecretCall<Input>) => object;
}

/** Forgets which input an operation takes: what its own schema lets through is what it gets. */
export function toOperation<Input extends SecretInput>({
  schema,
  run,
}: SecretOperation<Input>): SecretOperation {
  return { schema, run: (call) => run({ ...call, input: schema.parse(call.input) }) };
}
