import type { Policy } from '../../../lambda/core/policy/policy.ts';
import { AwsError } from '../aws-error.ts';
import type { Caller } from '../caller.ts';
import { decideCall, toFullDeniedMessage } from '../decide-call.ts';
import { type ContextEntries, tagContext } from '../principal-context.ts';
import type { Secret } from './secret.ts';
import type { SecretInput } from './secret-call.ts';
import { current } from './staging-labels.ts';

export interface SecretAuthorization {
  readonly caller: Caller;
  readonly region: string;
  readonly sourceIp: string;
  readonly nowMs: number;
  readonly operation: string;
  readonly input: SecretInput;
  /** Of the secret, or of the one that would be made; as it was named when there's none. */
  readonly arn: string;
  readonly secret: Secret | undefined;
  readonly resourcePolicy: Policy | undefined;
}

/**
 * Lets a call through when the caller's own policies allow it, and the secret's doesn't deny it. Secrets of other
 * accounts are out of reach: no resource policy gives anything here.
 * @throws AwsError AccessDeniedException
 */
export function authorizeSecret(call: SecretAuthorization): void {
  const { operation, arn, resourcePolicy } = call;
  const action = `secretsmanager:${operation}`;
  const resourceAccountId = arn.split(':')[4] ?? '';
  const context = toSecretContext(call);
  const access = { action, resource: arn, context, resourceAccountId };
  const bySecret = decideCall(call, { ...access, resourcePolicy });
  const outcome = bySecret.effect === 'ExplicitDeny' ? bySecret : decideCall(call, access);
  if (outcome.effect === 'Allow') return;
  const resource = call.input.SecretId ?? call.input.Name ?? '*';
  throw new AwsError('AccessDeniedException', 400, toFullDeniedMessage(call, { action, resource, outcome }));
}

/** Source: Service Authorization Reference, "Condition keys for AWS Secrets Manager". */
function toSecretContext({ operation, input, arn, secret }: SecretAuthorization): ContextEntries {
  // A value is read by a stage even when the request names none.
  const stage =
    input.VersionStage ??
    (operation === 'GetSecretValue' && input.VersionId === undefined ? current : undefined);
  const given: ReadonlyMap<string, string | undefined> = new Map([
    ['secretsmanager:name', input.Name],
    ['secretsmanager:secretid', input.SecretId === undefined ? undefined : arn],
    ['secretsmanager:versionid', input.VersionId],
    ['secretsmanager:versionstage', stage],
    ['secretsmanager:rotationlambdaarn', input.RotationLambdaARN],
    ['secretsmanager:resource/allowrotationlambdaarn', secret?.rotation?.lambdaArn],
  ]);
  const present = [...given].flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  const requestTags = input.Tags ?? [];
  return [
    ...present,
    ...tagContext(
      'aws:requesttag',
      requestTags.map(({ Key, Value }) => [Key, Value] as const),
    ),
    ...(requestTags.length === 0 ? [] : [['aws:tagkeys', requestTags.map(({ Key }) => Key)] as const]),
    ...Object.entries(secret?.tags ?? {}).flatMap(
      ([key, value]): ContextEntries => [
        [`aws:resourcetag/${key.toLowerCase()}`, value],
        [`secretsmanager:resourcetag/${key.toLowerCase()}`, value],
      ],
    ),
  ];
}
