import type { IncomingMessage } from 'node:http';

/** Bytes: the forms of these pages have a few hundred. */
const maxBytes = 10_000;

/** What a page of this server posted; nothing where it is too large to be that. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBytes) chunks.push(chunk);
  }
  return new URLSearchParams(length > maxBytes ? '' : Buffer.concat(chunks).toString());
}
