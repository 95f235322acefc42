import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

const chunk = Buffer.alloc(65_536, 'x');

/** Bytes: what is read of it at most, with what the system holds between the two, and all of it. */
export const longAnswerBytes = { most: 33_554_432, all: 134_217_728 } as const;

/** An answer that is much too long for anything, and how much of it somebody took. */
export function aLongAnswer(): { respond(response: ServerResponse): void; takenBytes(): number } {
  let taken = 0;
  const send = async (response: ServerResponse) => {
    const closed = once(response, 'close');
    while (taken < longAnswerBytes.all && !response.destroyed) {
      taken += chunk.byteLength;
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed]);
    }
    response.end();
  };
  return { respond: (response) => void send(response), takenBytes: () => taken };
}
