import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { text } from 'node:stream/consumers';
import type { it } from '@jest/globals';

/** A test that takes the identity of another user of this machine. */
export const whereRoot = (test: typeof it) => (process.getuid?.() === 0 ? test : test.skip);

const toLines = ({ host, pathname }: URL) => [
  `GET ${pathname} HTTP/1.1`,
  `Host: ${host}`,
  'Connection: close',
  '',
  '',
];

/** What another user of this machine is answered, as it comes. */
export async function visitAsNobody(address: URL): Promise<string> {
  const to = `/dev/tcp/${address.hostname.replace(/^\[|\]$/g, '')}/${address.port}`;
  const script = `exec 3<>${to}; printf '${toLines(address).join('\\r\\n')}' >&3; exec cat <&3`;
  const child = spawn('/bin/bash', ['-c', script], { uid: 65_534, gid: 65_534, cwd: '/' });
  return text(child.stdout);
}

/** What is answered from 127.0.0.2, by the port that a connection of this user's has on 127.0.0.1. */
export async function visitBesideOwn(address: URL): Promise<string> {
  const target = { port: Number(address.port), host: '127.0.0.1' };
  const own = await open(target);
  const { port: localPort } = own.address() as AddressInfo;
  const beside = await open({ ...target, localAddress: '127.0.0.2', localPort });
  beside.write(toLines(address).join('\r\n'));
  const answer = await text(beside);
  own.destroy();
  return answer;
}

async function open(options: TcpNetConnectOpts): Promise<Socket> {
  const socket = connect(options);
  await once(socket, 'connect');
  return socket;
}
