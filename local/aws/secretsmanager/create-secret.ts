import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import { putVersion } from './put-version.ts';
import { requireToken } from './require-token.ts';
import type { Secret } from './secret.ts';
import { type SecretCall, toOperation } from './secret-call.ts';
import { description, kmsKeyId, secretName, tags, toValue, values, versionId } from './secret-fields.ts';
import { current } from './staging-labels.ts';

const schema = z.object({
  Name: secretName,
  ClientRequestToken: versionId.optional(),
  Description: description,
  KmsKeyId: kmsKeyId,
  Tags: tags,
  ...values,
});
type Input = z.output<typeof schema>;

export const createSecret = toOperation<Input>({
  schema,
  run: (call) => {
    const { input, store, caller, nowMs } = call;
    const token = requireToken(input.ClientRequestToken);
    const value = toValue(input);
    const existing = store.find(input.Name, caller.accountId);
    if (existing !== undefined) return repeat(existing, { ...call, token });
    const secret = toSecret(call);
    const created =
      value === undefined
        ? secret
        : putVersion(secret, { versionId: token, value, stages: [current], nowMs });
    store.save(created);
    return { ARN: created.arn, Name: created.name, ...(value === undefined ? {} : { VersionId: token }) };
  },
});

/** The same request again, which changes nothing, or a name that's taken. */
function repeat(existing: Secret, { input, token, nowMs }: SecretCall<Input> & { readonly token: string }) {
  const version = existing.versions.find(({ versionId }) => versionId === token);
  if (version === undefined) {
    throw new AwsError(
      'ResourceExistsException',
      400,
      `The operation failed because the secret ${existing.name} already exists.`,
    );
  }
  putVersion(existing, { versionId: token, value: toValue(input), stages: [], nowMs });
  return { ARN: existing.arn, Name: existing.name, VersionId: token };
}

function toSecret({ input, arn, caller, nowMs }: SecretCall<Input>): Secret {
  return {
    arn,
    accountId: caller.accountId,
    name: input.Name,
    ...(input.Description === undefined ? {} : { description: input.Description }),
    ...(input.KmsKeyId === undefined ? {} : { kmsKeyId: input.KmsKeyId }),
    tags: Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    createdAtMs: nowMs,
    lastChangedAtMs: nowMs,
    versions: [],
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** AWS adds six random characters, so that a new secret of an old name isn't what old policies name. */
export function toNewSecretArn(
  name: string,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): string {
  const suffix = Array.from({ length: 6 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
}
