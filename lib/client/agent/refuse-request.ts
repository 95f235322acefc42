import type { IncomingMessage } from 'node:http';
import { type AgentAnswer, toProblemAnswer } from './agent-answer.ts';

/** Names under which this machine reaches itself, and no name that somebody else's DNS answers for. */
const ownNames = ['127.0.0.1', 'localhost'];

/**
 * Why a request isn't answered, whatever it asks for; `undefined` where it may be.
 *
 * A page in a browser can send requests to 127.0.0.1, by its own name where its DNS says so (rebinding), and a proxy
 * on this machine can pass on those of others. SDKs do neither.
 */
export function refuseRequest(request: IncomingMessage, port: number): AgentAnswer | undefined {
  const { headersDistinct: headers } = request;
  if (!isOwnHost(headers['host'], port))
    return toProblemAnswer(403, 'host-refused', `allowed: Host ${ownNames.join(' or ')}, port ${port}`);
  if (headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined)
    return toProblemAnswer(
      403,
      'browser-refused',
      'the agent is for programs on this machine, not for pages',
    );
  // As the metadata service of EC2 refuses them (EC2 User Guide, "How Instance Metadata Service Version 2 works").
  if (forwarding.some((name) => headers[name] !== undefined))
    return toProblemAnswer(403, 'proxy-refused', 'the agent answers no forwarded request');
  return undefined;
}

const forwarding = ['x-forwarded-for', 'forwarded', 'x-forwarded-host', 'x-real-ip', 'via'];

function isOwnHost(values: readonly string[] | undefined, port: number): boolean {
  const [host, ...more] = values ?? [];
  // The default port of HTTP is not written.
  const allowed = ownNames.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  return host !== undefined && more.length === 0 && allowed.includes(host.toLowerCase());
}
