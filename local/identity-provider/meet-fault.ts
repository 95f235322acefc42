import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../faults.ts';

/**
 * Does to a call what the fault says.
 *
 * @returns whether the call has been dealt with; after a `slow` one it still wants its answer
 */
export async function meetFault(fault: Fault, response: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case 'throttle':
      return answer(response, 429, '{"error":"temporarily_unavailable"}');
    case '500':
      return answer(response, 500, '{"error":"server_error"}');
    case 'accessdenied':
    case 'conditional':
      return answer(response, 403, '{"error":"access_denied"}');
    case 'malformed':
      return answer(response, 200, '{"issuer":"http');
    case 'empty':
      return answer(response, 200, '');
    // Reading and signing leave no trace, so that a lost answer looks the same as a call that never arrived.
    case 'reset':
    case 'lost':
      response.socket?.resetAndDestroy();
      return true;
    case 'timeout':
      setTimeout(() => response.destroy(), fault.delayMs ?? 60_000).unref();
      return true;
    case 'slow':
      await delay(fault.delayMs ?? 1000, undefined, { ref: false });
      return false;
  }
}

function answer(response: ServerResponse, status: number, body: string): true {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
  return true;
}
