import { addAbortSignal, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { TrailObjects } from '../core/reconciliation/handle-invocation.ts';
import { splitRecords, UnreadableObjectError } from './split-records.ts';

export interface S3TrailObjectsOptions {
  readonly client: Pick<S3Client, 'send'>;
  /** The one bucket that is read. */
  readonly bucketName: string;
  /** Before `AWSLogs/`. */
  readonly prefix?: string;
  /** Whose events are compared: of an organization's trail all others are left alone. */
  readonly accounts: readonly string[];
  /** Bytes of an object as it is stored. @default 64 MB: CloudTrail's are some MB at most */
  readonly maxStoredBytes?: number;
  /** Bytes of what it unpacks to. @default 512 MB */
  readonly maxBytes?: number;
  /** Bytes of one record. @default 1 MB: CloudTrail's are 256 KB at most */
  readonly maxRecordBytes?: number;
}

const mb = 1024 * 1024;

/** For the whole of one object: within the function's own timeout. */
const readTimeoutMs = 45_000;

/** Below `AWSLogs/`, an organization's with its id, an account, and the folder of its events: digests have another. */
const trailKey =
  /^(?!.*\.\.)AWSLogs\/(?:o-[a-z0-9]{10,32}\/)?(\d{12})\/CloudTrail\/[\w/.-]{1,512}\.json\.gz$/;

/** Reads the objects of one trail in S3, as a stream: what unpacks to too much is refused where it gets there. */
export function createS3TrailObjects(options: S3TrailObjectsOptions): TrailObjects {
  const { client, bucketName, prefix, accounts } = options;
  const { maxStoredBytes = 64 * mb, maxBytes = 512 * mb, maxRecordBytes = mb } = options;
  const folder = prefix === undefined ? '' : `${prefix}/`;

  return {
    findAccount: (object) => {
      if (object.bucketName !== bucketName || !object.key.startsWith(folder)) return undefined;
      const [, account = ''] = trailKey.exec(object.key.slice(folder.length)) ?? [];
      return accounts.includes(account) ? account : undefined;
    },

    isUnreadable: (error) => error instanceof UnreadableObjectError,

    read: async function* (key) {
      const abortSignal = AbortSignal.timeout(readTimeoutMs);
      const { Body, ContentLength = 0 } = await client.send(
        new GetObjectCommand({ Bucket: bucketName, Key: key }),
        { abortSignal },
      );
      if (Body === undefined) throw new TypeError('S3 answered without an object');
      const stored = addAbortSignal(abortSignal, Body as Readable);
      if (ContentLength > maxStoredBytes) {
        stored.destroy();
        throw new UnreadableObjectError(`more than ${maxStoredBytes} bytes as it is stored`);
      }
      const unpacked = createGunzip();
      // A read that breaks off ends in its own error, not in one of the format.
      stored.on('error', (error) => unpacked.destroy(error));
      stored.pipe(unpacked);
      try {
        for await (const record of splitRecords(unpacked, { maxBytes, maxRecordBytes })) yield toJson(record);
      } catch (error) {
        throw isOfFormat(error) ? new UnreadableObjectError('no gzip', { cause: error }) : error;
      } finally {
        stored.destroy();
        unpacked.destroy();
      }
    },
  };
}

function toJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** zlib's own errors: of what was read, not of reading. */
const isOfFormat = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^Z_(DATA|BUF)_ERROR$/.test(String(error.code));
