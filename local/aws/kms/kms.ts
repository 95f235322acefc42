import { compilePolicy } from '../../../lambda/core/policy/compile-policy.ts';
import type { Policy, PolicyGrammar } from '../../../lambda/core/policy/policy.ts';
import type { Faults } from '../../faults.ts';
import type { World } from '../../world.ts';
import type { Authenticate, Authentication } from '../authenticate.ts';
import { AwsError } from '../aws-error.ts';
import { type Answer, type AwsRequest, header, type Outcome } from '../exchange.ts';
import { meetFault } from '../fault-outcome.ts';
import { parseJsonInput } from '../parse-json-input.ts';
import { authorizeKms } from './authorize-kms.ts';
import { kmsContentType, toKmsErrorAnswer, toKmsFault } from './kms-error.ts';
import { type KmsOperation, kmsInput, kmsOperations } from './operations.ts';
import { createTokenKeys, type TokenKeys } from './token-key.ts';

export interface KmsOptions {
  readonly world: World;
  readonly dataDirectory: string;
  /** Key policies as JSON, by the key's ARN. @default KMS's own: the account may do everything, and its IAM policies say who */
  readonly keyPolicies?: Readonly<Record<string, unknown>>;
  readonly authenticate: Authenticate;
  readonly faults: Faults;
  readonly now: () => number;
  readonly closing: AbortSignal;
}

/** KMS as far as the broker's tokens need it: one RSA key in each account of the world, and those with a policy. */
export function createKms(options: KmsOptions): (request: AwsRequest) => Promise<Outcome> {
  const { dataDirectory, world, keyPolicies = {} } = options;
  const keys = createTokenKeys({
    dataDirectory,
    region: world.region,
    accountIds: [...world.accounts.keys()],
    furtherArns: Object.keys(keyPolicies),
  });
  const policies = new Map(
    Object.entries(keyPolicies).map(([arn, policy]) => [arn, compilePolicy(policy, keyPolicyGrammar)]),
  );
  const policyOf = (arn: string, accountId: string) => policies.get(arn) ?? toDefaultKeyPolicy(accountId);
  return async (request) => {
    try {
      return await handle(request, { ...options, keys, policyOf });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { kind: 'answer', answer: toKmsErrorAnswer(error, request.requestId) };
    }
  };
}

/** The only place where a policy has both: `*` means the key that it stands at. */
const keyPolicyGrammar: PolicyGrammar = {
  document: 'policy',
  principal: 'required',
  action: 'required',
  resource: 'required',
};

const toDefaultKeyPolicy = (accountId: string): Policy =>
  compilePolicy(
    {
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    },
    keyPolicyGrammar,
  );

interface Parts extends KmsOptions {
  readonly keys: TokenKeys;
  readonly policyOf: (arn: string, accountId: string) => Policy;
}

async function handle(request: AwsRequest, parts: Parts): Promise<Outcome> {
  const { authenticate, faults, world, closing } = parts;
  const [, operation = ''] = (header(request, 'x-amz-target') ?? '').split('.');
  const authentication = authenticate(request, { service: 'kms', regions: [world.region] });
  const perform = kmsOperations.get(operation);
  if (perform === undefined)
    throw new AwsError('UnknownOperationException', 400, `no operation ${operation.slice(0, 64)}`);
  return meetFault(faults.take('kms', operation), {
    process: async () => process(request, { operation, perform, authentication }, parts),
    refuse: (kind) =>
      toKmsErrorAnswer(
        toKmsFault(kind, { callerArn: authentication.caller.arn, operation }),
        request.requestId,
      ),
    garbage: '{"KeyId":"arn:aws:kms:',
    contentType: kmsContentType,
    closing,
  });
}

interface Call {
  readonly operation: string;
  readonly perform: KmsOperation;
  readonly authentication: Authentication;
}

function process(
  request: AwsRequest,
  { operation, perform, authentication }: Call,
  { keys, policyOf, now }: Parts,
): Answer {
  const { caller, region } = authentication;
  const { requestId, sourceIp } = request;
  try {
    const input = parseJsonInput(request.body, kmsInput);
    const keyArn = toKeyArn(input.KeyId, { region, accountId: caller.accountId });
    const key = keys.find(keyArn);
    const keyPolicy = key && policyOf(key.arn, key.accountId);
    authorizeKms({ caller, region, sourceIp, nowMs: now(), operation, input, keyArn, keyPolicy });
    if (key === undefined) throw new AwsError('NotFoundException', 400, `Key '${keyArn}' does not exist`);
    const headers = { 'content-type': kmsContentType, 'x-amzn-requestid': requestId };
    return { status: 200, headers, body: JSON.stringify(perform(key, input)) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return toKmsErrorAnswer(error, requestId);
  }
}

/** An id alone means the caller's own account. */
const toKeyArn = (keyId: string, { region, accountId }: { region: string; accountId: string }): string =>
  keyId.startsWith('arn:') ? keyId : `arn:aws:kms:${region}:${accountId}:key/${keyId}`;
