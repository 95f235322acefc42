import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import { type ConfigurationFile, readConfigurationFile } from '../lib/config.ts';
import { StartError } from './start-error.ts';
import { systemErrorCode } from './system-error-code.ts';
import { readWorld, type World, WorldError } from './world.ts';

export interface LocalFiles {
  readonly configuration: ConfigurationFile;
  readonly world: World;
}

/**
 * Reads configuration and world, both before either is refused.
 *
 * @throws StartError with all that is wrong in the two, one problem a line
 */
export function readLocalFiles(configurationFile: string, worldFile: string): LocalFiles {
  const problems: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push(toProblem(error));
      return undefined;
    }
  };
  const configuration = attempt(() => readConfigurationFile(configurationFile));
  const world = attempt(() => readWorld(worldFile));
  if (configuration === undefined || world === undefined) throw new StartError(problems.join('\n'));
  const { region } = configuration.configuration.deployment;
  if (region !== world.region) {
    throw new StartError(
      `${configurationFile} deploys to ${region} and ${worldFile} plays ${world.region}; they must be the same region, of the partition aws`,
    );
  }
  return { configuration, world };
}

function toProblem(error: unknown): string {
  if (error instanceof ConfigurationError || error instanceof WorldError) return error.message;
  // A file that can't be read: the system's message names it.
  if (systemErrorCode(error) !== undefined) return (error as Error).message;
  throw error;
}
