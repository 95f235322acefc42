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
export const fetchJson = (fetch: Fetch, url: URL, limits: FetchLimits): Promise<unknown> =>
  requestJson((init) => fetch(url, init), url, limits);

/** The JSON answer to a form; rejects as `fetchJson` does, with nothing of the form in the error. */
export const postForm = (
  fetch: Fetch,
  { url, form }: { readonly url: URL; readonly form: URLSearchParams },
  limits: FetchLimits,
): Promise<unknown> =>
  requestJson((init) => fetch(url, { ...init, method: 'POST', body: form }), url, limits);

async function requestJson(
  send: (init: RequestInit) => Promise<Response>,
  url: URL,
  { maxBytes, timeoutMs }: FetchLimits,
): Promise<unknown> {
  const response = await send({
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
