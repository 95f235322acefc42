import { compilePolicy, resourcePolicyGrammar } from '../../../lambda/core/policy/compile-policy.ts';
import type { Policy } from '../../../lambda/core/policy/policy.ts';
import type { Faults } from '../../faults.ts';
import type { World } from '../../world.ts';
import type { Authenticate, Authentication } from '../authenticate.ts';
import { AwsError } from '../aws-error.ts';
import type { DataKey } from '../data-key.ts';
import { type Answer, type AwsRequest, header, type Outcome } from '../exchange.ts';
import { meetFault } from '../fault-outcome.ts';
import { jsonContentType } from '../json-error.ts';
import { parseJsonInput } from '../parse-json-input.ts';
import { authorizeSecret } from './authorize-secret.ts';
import { createSecret, toNewSecretArn } from './create-secret.ts';
import { describeSecret, getSecretValue } from './read-operations.ts';
import { addSecret, createRotations, type InitialSecret, type InvokeFunction } from './rotations.ts';
import type { SecretCall, SecretOperation } from './secret-call.ts';
import { openSecrets } from './secret-store.ts';
import { toSecretErrorAnswer, toSecretFault } from './secretsmanager-error.ts';
import { putSecretValue, rotateSecret, updateSecretVersionStage } from './write-operations.ts';

export interface SecretsManagerOptions {
  readonly world: World;
  readonly key: DataKey;
  readonly dataDirectory: string;
  readonly authenticate: Authenticate;
  readonly faults: Faults;
  readonly now: () => number;
  readonly closing: AbortSignal;
  readonly secrets: readonly InitialSecret[];
  /** Calls the function of a rotation. */
  readonly invokeFunction: InvokeFunction;
}

export interface SecretsManager {
  readonly handle: (request: AwsRequest) => Promise<Outcome>;
  /** Takes up the rotations that are open, which Secrets Manager does by itself in its own time. Rejects as `Rotations.run`. */
  resumeRotations(): Promise<void>;
}

/** What is built: what keeping and rotating a key needs. */
const operations: ReadonlyMap<string, SecretOperation> = new Map([
  ['CreateSecret', createSecret],
  ['DescribeSecret', describeSecret],
  ['GetSecretValue', getSecretValue],
  ['PutSecretValue', putSecretValue],
  ['RotateSecret', rotateSecret],
  ['UpdateSecretVersionStage', updateSecretVersionStage],
]);

/** Secrets Manager's JSON protocol: authenticate, find the operation, meet a fault, check, authorize, run, answer. */
export function createSecretsManager(options: SecretsManagerOptions): SecretsManager {
  const { world, authenticate, faults, closing, secrets } = options;
  const store = openSecrets(options.dataDirectory, options.key);
  for (const secret of secrets) addSecret(store, secret, options.now());
  const rotations = createRotations(store, options.invokeFunction);
  const parts: Parts = {
    store,
    now: options.now,
    // The rotation stays open when it fails, as in AWS; whoever asks for it again has it repeated.
    beginRotation: (secretArn) => void rotations.run(secretArn).catch(() => {}),
    policies: new Map(
      secrets.map(({ arn, resourcePolicy }) => [arn, compilePolicy(resourcePolicy, resourcePolicyGrammar)]),
    ),
  };
  const handle: SecretsManager['handle'] = async (request) => {
    try {
      const authentication = authenticate(request, { service: 'secretsmanager', regions: [world.region] });
      const [, name = ''] = (header(request, 'x-amz-target') ?? '').split('.');
      const operation = operations.get(name);
      if (operation === undefined) throw new AwsError('UnknownOperationException', 400, '');
      const { arn } = authentication.caller;
      return await meetFault(faults.take('secretsmanager', name), {
        process: async () =>
          answer(request, () => perform(request, { name, operation, authentication }, parts)),
        refuse: (kind) =>
          toSecretErrorAnswer(toSecretFault(kind, { callerArn: arn, operation: name }), request.requestId),
        garbage: '{"ARN":"arn:aws:secretsmanager:',
        contentType: jsonContentType,
        closing,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { kind: 'answer', answer: toSecretErrorAnswer(error, request.requestId) };
    }
  };
  return {
    handle,
    resumeRotations: async () => {
      for (const { arn } of secrets) await rotations.run(arn);
    },
  };
}

interface Parts extends Pick<SecretCall, 'store' | 'beginRotation'> {
  readonly now: () => number;
  /** By the secret's ARN. */
  readonly policies: ReadonlyMap<string, Policy>;
}

interface Call {
  readonly name: string;
  readonly operation: SecretOperation;
  readonly authentication: Authentication;
}

function perform(
  { body, sourceIp }: AwsRequest,
  { name, operation, authentication }: Call,
  { store, now, beginRotation, policies }: Parts,
): object {
  const { caller, region } = authentication;
  const input = parseJsonInput(body, operation.schema);
  const { SecretId, Name = '' } = input;
  const secret = SecretId === undefined ? undefined : store.find(SecretId, caller.accountId);
  const owner = { region, accountId: caller.accountId };
  const arn =
    secret?.arn ?? (SecretId === undefined ? toNewSecretArn(Name, owner) : toNamedArn(SecretId, owner));
  const call = { caller, region, input, nowMs: now(), arn, secret };
  authorizeSecret({ ...call, sourceIp, operation: name, resourcePolicy: policies.get(arn) });
  return operation.run({ ...call, store, beginRotation });
}

const toNamedArn = (
  secretId: string,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): string =>
  secretId.startsWith('arn:') ? secretId : `arn:aws:secretsmanager:${region}:${accountId}:secret:${secretId}`;

function answer({ requestId }: AwsRequest, run: () => object): Answer {
  try {
    const headers = { 'content-type': jsonContentType, 'x-amzn-requestid': requestId };
    return { status: 200, headers, body: JSON.stringify(run()) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return toSecretErrorAnswer(error, requestId);
  }
}
