import { constants, createHash, privateEncrypt } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import type { TokenKey } from './token-key.ts';

/** The parts of a request that authorization and the operations look at. */
export const kmsInput = z.looseObject({
  KeyId: z.string().min(1).max(2048),
  Message: z.base64().optional(),
  MessageType: z.enum(['RAW', 'DIGEST', 'EXTERNAL_MU']).default('RAW'),
  SigningAlgorithm: z.string().max(64).optional(),
  DryRun: z.boolean().optional(),
});

export type KmsInput = z.output<typeof kmsInput>;

export type KmsOperation = (key: TokenKey, input: KmsInput) => object;

/** What the stand-in knows of `TrentService`. Source: AWS KMS API reference. */
export const kmsOperations: ReadonlyMap<string, KmsOperation> = new Map([
  ['Sign', sign],
  ['GetPublicKey', getPublicKey],
  ['DescribeKey', describeKey],
]);

const rs256 = 'RSASSA_PKCS1_V1_5_SHA_256';

/** All that a key of the spec can do; the stand-in does the first. */
const signingAlgorithms = [
  rs256,
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
];

function sign(key: TokenKey, input: KmsInput): object {
  const { SigningAlgorithm, DryRun } = input;
  requireAlgorithm(SigningAlgorithm);
  const digest = toDigest(input);
  if (DryRun) {
    const message = 'The request would have succeeded, but the DryRun option is set.';
    throw new AwsError('DryRunOperationException', 412, message);
  }
  // PKCS #1 v1.5 over a finished digest: node's own sign would hash once more.
  const signature = privateEncrypt(
    { key: key.privateKey, padding: constants.RSA_PKCS1_PADDING },
    Buffer.concat([sha256DigestInfo, digest]),
  );
  return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm };
}

/** RFC 8017 §9.2, note 1. */
const sha256DigestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');

function requireAlgorithm(algorithm: string | undefined): void {
  if (algorithm === undefined) {
    throw validation(
      "1 validation error detected: Value null at 'signingAlgorithm' failed to satisfy constraint: Member must not be null",
    );
  }
  if (!signingAlgorithms.includes(algorithm)) {
    const message = `Algorithm ${algorithm} is incompatible with key spec RSA_2048.`;
    throw new AwsError('InvalidKeyUsageException', 400, message);
  }
  if (algorithm !== rs256) {
    const message = `The embedded KMS signs with ${rs256} alone, not with ${algorithm}`;
    throw new AwsError('UnsupportedOperationException', 400, message);
  }
}

function toDigest({ Message, MessageType }: KmsInput): Buffer {
  const message = Buffer.from(Message ?? '', 'base64');
  if (message.length < 1 || message.length > 4096) {
    throw validation(
      "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length between 1 and 4096, inclusive",
    );
  }
  if (MessageType === 'RAW') return createHash('sha256').update(message).digest();
  if (MessageType !== 'DIGEST') {
    throw validation(`MessageType ${MessageType} is not supported for key spec RSA_2048.`);
  }
  if (message.length !== 32) throw validation(`Digest is invalid length for algorithm ${rs256}.`);
  return message;
}

const keyKind = {
  CustomerMasterKeySpec: 'RSA_2048',
  KeySpec: 'RSA_2048',
  KeyUsage: 'SIGN_VERIFY',
  SigningAlgorithms: signingAlgorithms,
} as const;

function getPublicKey({ arn, publicKey }: TokenKey): object {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return { ...keyKind, KeyId: arn, PublicKey: der.toString('base64') };
}

function describeKey({ arn, accountId }: TokenKey): object {
  const KeyMetadata = {
    ...keyKind,
    AWSAccountId: accountId,
    Arn: arn,
    KeyId: arn.split('/')[1],
    Enabled: true,
    KeyManager: 'CUSTOMER',
    KeyState: 'Enabled',
    MultiRegion: false,
    Origin: 'AWS_KMS',
  };
  return { KeyMetadata };
}

const validation = (message: string): AwsError => new AwsError('ValidationException', 400, message);
