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
import type { SecretOperation } from './secret-call.ts';
import { openSecrets, type SecretStore } from './secret-store.ts';
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
export function createSecretsManager(
  options: SecretsManagerOptions,
): (request: AwsRequest) => Promise<Outcome> {
  const { world, authenticate, faults, closing } = options;
  const store = openSecrets(options.dataDirectory, options.key);
  return async (request) => {
    try {
      const authentication = authenticate(request, { service: 'secretsmanager', regions: [world.region] });
      const [, name = ''] = (header(request, 'x-amz-target') ?? '').split('.');
      const operation = operations.get(name);
      if (operation === undefined) throw new AwsError('UnknownOperationException', 400, '');
      const { arn } = authentication.caller;
      return await meetFault(faults.take('secretsmanager', name), {
        process: async () =>
          answer(request, () => perform(request, { name, operation, authentication }, { ...options, store })),
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
}

interface Call {
  readonly name: string;
  readonly operation: SecretOperation;
  readonly authentication: Authentication;
}

function perform(
  { body, sourceIp }: AwsRequest,
  { name, operation, authentication }: Call,
  { store, now }: SecretsManagerOptions & { readonly store: SecretStore },
): object {
  const { caller, region } = authentication;
  const input = parseJsonInput(body, operation.schema);
  const { SecretId, Name = '' } = input;
  const secret = SecretId === undefined ? undefined : store.find(SecretId, caller.accountId);
  const owner = { region, accountId: caller.accountId };
  const arn =
    secret?.arn ?? (SecretId === undefined ? toNewSecretArn(Name, owner) : toNamedArn(SecretId, owner));
  const call = { caller, region, input, nowMs: now(), arn, secret };
  authorizeSecret({ ...call, sourceIp, operation: name });
  return operation.run({ ...call, store });
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
