import { isIP } from 'node:net';
import { parseArgs } from 'node:util';

export interface Flags {
  readonly port: number;
  readonly awsPort: number;
  readonly idpPort: number;
  readonly dataDirectory: string;
  readonly configurationFile?: string;
  readonly worldFile?: string;
  readonly sourceIp?: string;
  readonly json: boolean;
  readonly help: boolean;
}

/** A flag that isn't one, or a value that it doesn't take. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

export const help = `npm start -- [flags]

  --port N             port of the broker; 0 takes a free one, here and below (8080)
  --aws-port N         port of the embedded AWS (4566)
  --idp-port N         port of the local identity provider (9000)
  --data DIR           where the embedded DynamoDB and the local keys are kept (.daypass)
  --config FILE        the broker's configuration (config/daypass.yaml)
  --world FILE         accounts, roles and callers of the embedded AWS (local/world.yaml)
  --source-ip ADDRESS  what the gateway reports as the caller's address (the socket's)
  --json               print the addresses as one line of JSON, and nothing else
  --help               print this
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const options = {
  port: text,
  'aws-port': text,
  'idp-port': text,
  data: text,
  config: text,
  world: text,
  'source-ip': text,
  json: flag,
  help: flag,
} as const;

const allowed = Object.keys(options)
  .map((name) => `--${name}`)
  .join(', ');

/** @throws FlagError that says what is allowed, in one line */
export function parseFlags(args: readonly string[]): Flags {
  const values = parse(args);
  return {
    port: toPort('--port', values.port, 8080),
    awsPort: toPort('--aws-port', values['aws-port'], 4566),
    idpPort: toPort('--idp-port', values['idp-port'], 9000),
    dataDirectory: toPath('--data', values.data) ?? '.daypass',
    ...optional('configurationFile', toPath('--config', values.config)),
    ...optional('worldFile', toPath('--world', values.world)),
    ...optional('sourceIp', toAddress(values['source-ip'])),
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // Node's first sentence says what is wrong; those after it guess at what was meant.
    const [what] = (error instanceof Error ? error.message : String(error)).split(/\.\s|\n/);
    throw new FlagError(`${what}; allowed: ${allowed}`);
  }
}

function toPort(name: string, value: string | undefined, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new FlagError(`${name} ${value} is not a port; allowed: 0–65535, where 0 takes a free one`);
}

function toPath(name: string, value: string | undefined): string | undefined {
  if (value === '') throw new FlagError(`${name} is empty; allowed: a path`);
  return value;
}

function toAddress(value: string | undefined): string | undefined {
  if (value === undefined || isIP(value) !== 0) return value;
  throw new FlagError(
    `--source-ip ${value} is not an address; allowed: one of IPv4 or IPv6, such as 203.0.113.7`,
  );
}

const optional = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: string };
