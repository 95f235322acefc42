/** A trail's object that can't be read, however often one tries. The message says what is wrong, and nothing of what is in it. */
export class UnreadableObjectError extends Error {
  override readonly name = 'UnreadableObjectError';
}

export interface SplitLimits {
  /** Of all that is read. */
  readonly maxBytes: number;
  /** Of one record: CloudTrail's own are at most 256 KB. */
  readonly maxRecordBytes: number;
}

const quote = 0x22;
const backslash = 0x5c;
const openingBrace = 0x7b;
const closingBrace = 0x7d;
const openingBracket = 0x5b;
const closingBracket = 0x5d;

/** Depth of a record in `{"Records":[…]}`, counted where its brace opens. */
const recordDepth = 3;

/**
 * The records of `{"Records":[…]}`, one after the other as they come: an object of any size takes the memory of one
 * record. Each is the text of one JSON value; whoever parses it finds out whether it is one. `undefined` in the place of
 * one of more bytes than the limit: those around it are read all the same.
 *
 * @throws UnreadableObjectError for more than the limit of all, and for what ends before it is complete
 */
export async function* splitRecords(
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes, maxRecordBytes }: SplitLimits,
): AsyncGenerator<string | undefined> {
  let depth = 0;
  let inText = false;
  let escaped = false;
  let total = 0;
  let complete = false;
  let parts: Buffer[] = [];
  let recordBytes = 0;
  const keep = (part: Buffer): void => {
    recordBytes += part.length;
    if (recordBytes > maxRecordBytes) parts = [];
    else parts.push(part);
  };

  for await (const piece of chunks) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    total += chunk.length;
    if (total > maxBytes) throw new UnreadableObjectError(`more than ${maxBytes} bytes`);
    let start = depth >= recordDepth ? 0 : -1;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inText = false;
      } else if (byte === quote) {
        inText = true;
      } else if (byte === openingBrace || byte === openingBracket) {
        depth += 1;
        if (depth === recordDepth && byte === openingBrace) start = at;
      } else if (byte === closingBrace || byte === closingBracket) {
        depth -= 1;
        if (depth === recordDepth - 1 && start >= 0) {
          keep(chunk.subarray(start, at + 1));
          yield recordBytes > maxRecordBytes ? undefined : Buffer.concat(parts).toString('utf8');
          parts = [];
          recordBytes = 0;
          start = -1;
        }
        if (depth === 0) complete = true;
        if (depth < 0) throw new UnreadableObjectError('no JSON');
      }
    }
    if (start >= 0) keep(Buffer.from(chunk.subarray(start)));
  }
  if (!complete || depth !== 0) throw new UnreadableObjectError('it ends before it is complete');
}
