export type Fetch = typeof globalThis.fetch;

export interface FetchLimits {
  /** Of the body, after decompression. */
  readonly maxBytes: number;
  /** From the request to the last byte, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * The JSON document at a URL. Follows no redirect: the URL has been checked, its target would not be.
 *
 * Rejects when the answer is not 200, too large, too late or not JSON.
 */
export async function fetchJson(
  fetch: Fetch,
  url: URL,
  { maxBytes, timeoutMs }: FetchLimits,
): Promise<unknown> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
    // A kept connection is dead when Lambda thaws the function minutes later, and fails the next request.
    headers: { accept: 'application/json', connection: 'close' },
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`${url.href} answers ${response.status}; only 200 is taken`);
  }
  const body = await readBounded(response, maxBytes);
  try {
    return JSON.parse(body);
  } catch {
    throw new Error(`${url.href} does not answer with JSON`);
  }
}

/** Counts what arrives: Content-Length may be absent, wrong, or of the compressed body. */
async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes > maxBytes) throw new Error(`${response.url} answers with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}
