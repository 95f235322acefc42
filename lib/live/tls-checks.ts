import { once } from 'node:events';
import { type ConnectionOptions, connect } from 'node:tls';
import { isLoopback, type LiveCheck, type LiveTarget, skip, toResult } from './live-check.ts';

/** Which versions of TLS the name takes, and for which names it speaks at all. */
export function createTlsChecks({ url }: LiveTarget): readonly LiveCheck[] {
  const check = (
    claim: string,
    expected: string,
    options: ConnectionOptions,
    isExpected: (seen: string) => boolean,
  ) => ({
    ...{ claim, expected },
    run: async () => {
      if (url.protocol !== 'https:') return skip(`there is no TLS at ${url.protocol}//`);
      const seen = await shakeHands(url, options);
      return toResult(isExpected(seen), seen);
    },
  });
  return [
    check('TLS below 1.2 is refused', 'no connection', legacy, isRefusal),
    check('TLS 1.2 or 1.3 is spoken', 'TLSv1.2 or TLSv1.3', {}, (seen) => /^TLSv1\.[23]$/.test(seen)),
    check(
      'A name that is not this API is refused',
      'no connection',
      // Whose certificate comes back is not the question: only whether one does.
      { servername: 'example.com', rejectUnauthorized: false },
      (seen) => isRefusal(seen) || isLoopback(url),
    ),
  ];
}

/** OpenSSL itself offers these no more, unless it is told that it may. */
const legacy: ConnectionOptions = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.1',
  ciphers: 'DEFAULT@SECLEVEL=0',
};

const refusal = 'refused: ';

const isRefusal = (seen: string) => seen.startsWith(refusal);

/** The version that both agree on, or why there is none. */
async function shakeHands({ hostname, port }: URL, options: ConnectionOptions): Promise<string> {
  const socket = connect({
    host: hostname,
    port: Number(port || 443),
    servername: hostname,
    timeout: 10_000,
    ...options,
  });
  try {
    await Promise.race([
      once(socket, 'secureConnect'),
      once(socket, 'timeout').then(() => Promise.reject(new Error('nobody answered within 10 s'))),
    ]);
    return socket.getProtocol() ?? 'no protocol';
  } catch (error) {
    // Only what the other side says is a refusal: an unknown host or a closed port proves nothing.
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (/^(ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)$/.test(code) || code === '') throw error;
    return `${refusal}${code} ${message.split('\n')[0]}`;
  } finally {
    socket.destroy();
  }
}
