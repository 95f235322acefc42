import { join } from 'node:path';
import { requireBrokerUrl } from './broker-url.ts';
import { ClientError } from './client-error.ts';
import type { Directories } from './directories.ts';
import { readSettingsFile, writePrivateFile } from './private-file.ts';

/** What is the same for every command, and no secret. */
export interface Settings {
  /** Where nothing else names one. */
  readonly broker?: URL;
}

const toPath = ({ config }: Directories) => join(config, 'config.json');

/**
 * Nothing where there is no file yet.
 *
 * @throws ClientError where the file can't be read, or holds anything else
 */
export function readSettings(directories: Directories): Settings {
  const path = toPath(directories);
  const text = readSettingsFile(path);
  if (text === undefined) return {};
  const { broker } = Object(parse(text, path)) as { readonly broker?: unknown };
  if (broker === undefined) return {};
  if (typeof broker !== 'string') throw toDamage(path);
  return { broker: requireBrokerUrl(broker, `broker in ${path}`) };
}

/** @throws ClientError where it can't be written */
export function writeSettings(directories: Directories, { broker }: Settings): void {
  const text = JSON.stringify(broker === undefined ? {} : { broker: broker.href }, undefined, 2);
  writePrivateFile(toPath(directories), `${text}\n`);
}

/**
 * The broker of the environment, then that of the settings.
 *
 * @returns `undefined` where neither names one
 * @throws ClientError where what is named there is none
 */
export function findBroker(
  env: Readonly<Record<string, string | undefined>>,
  directories: Directories,
): URL | undefined {
  const url = env['DAYPASS_URL'];
  return url ? requireBrokerUrl(url, 'DAYPASS_URL') : readSettings(directories).broker;
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw toDamage(path);
  }
}

const toDamage = (path: string) =>
  new ClientError('failed', `${path} holds no settings of daypass`, {
    hint: `remove it, then: daypass login --broker https://…`,
  });
