import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

/**
 * The text of a file; `undefined` where it has more than `maxBytes`.
 *
 * @throws Error that says why it can't be read
 */
export type ReadText = (file: string, maxBytes?: number) => string | undefined;

/** Of the disk. With `maxBytes` a regular file alone: a pipe would hang, and a device has no end. */
export const readTextFile: ReadText = (file, maxBytes) =>
  maxBytes === undefined ? readFileSync(file, 'utf8') : readBounded(file, maxBytes);

function readBounded(file: string, maxBytes: number): string | undefined {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error('it is no regular file');
    // What the file system says of its size may be wrong, as below /proc.
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0; length += read)
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    return length > maxBytes ? undefined : buffer.toString('utf8', 0, length);
  } finally {
    closeSync(descriptor);
  }
}
