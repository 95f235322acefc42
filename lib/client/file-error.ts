import { ClientError } from './client-error.ts';

/** A file of ours that can't be read or written. Whoever can do without it goes on and says so. */
export class FileError extends ClientError {
  override readonly name = 'FileError';
}

/** What the system's codes mean, and what helps. */
const reasons: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EROFS: ['the file system is read-only', 'DAYPASS_HOME names another directory'],
  ENOSPC: ['the disk is full', 'make room, or name another directory in DAYPASS_HOME'],
  EFBIG: [
    'no file may be as large here (ulimit -f)',
    'raise the limit, or name another directory in DAYPASS_HOME',
  ],
  EDQUOT: ['your quota of the disk is used up', 'make room, or name another directory in DAYPASS_HOME'],
  EACCES: ['permission denied', 'it has to be yours; DAYPASS_HOME names another directory'],
  EPERM: ['permission denied', 'it has to be yours; DAYPASS_HOME names another directory'],
  ENOTDIR: ['something above it is no directory', 'DAYPASS_HOME names another directory'],
  EISDIR: ['it is a directory', 'remove it'],
  ELOOP: ['its symbolic links go round in a circle', 'remove it'],
  ENAMETOOLONG: ['its path is too long', 'DAYPASS_HOME names another directory'],
};

/** The system's error as somebody at a terminal is told it; other errors as they are. */
export function toFileError(
  doing: 'read' | 'write' | 'remove' | 'lock',
  path: string,
  cause: unknown,
): Error {
  if (cause instanceof ClientError) return cause;
  const { code } = Object(cause) as { readonly code?: unknown };
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) {
    return cause instanceof Error ? cause : new TypeError(String(cause));
  }
  const [reason, hint] = reasons[code] ?? [code, undefined];
  return new FileError('failed', `can't ${doing} ${path}: ${reason}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}
