/** `npm run target-template -- <profile>`: a CloudFormation template of the roles that the profile enters. */
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import { readConfigurationFile } from '../lib/config.ts';
import { toTargetRoles } from '../lib/target-role.ts';
import { renderTargetTemplate, templateFormats } from '../lib/target-template.ts';

const usage = `npm run target-template -- <profile> [--config <file>] [--format yaml|json] [--url <url>] [--regions <region,region>]

  --config   default: config/daypass.yaml
  --format   default: yaml
  --url      the broker's URL, where deployment.url has none and the profile is of mechanism web-identity
  --regions  of all deployments that may enter the roles; default: the configuration's own
`;

/** The command line cannot be taken. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

try {
  process.stdout.write(run(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof ConfigurationError || error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

function run(args: readonly string[]): string {
  const { values, positionals } = parse(args);
  if (values.help) return usage;
  const [profile, ...others] = positionals;
  if (profile === undefined || others.length > 0) throw new UsageError(`one profile is needed\n\n${usage}`);
  const format = templateFormats.find((one) => one === values.format);
  if (format === undefined)
    throw new UsageError(`--format ${values.format} is not allowed; allowed: yaml, json`);
  const { configuration } = readConfigurationFile(values.config);
  const regions = values.regions?.split(',');
  return renderTargetTemplate(toTargetRoles(profile, { configuration, url: values.url, regions }), format);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string', default: 'config/daypass.yaml' },
        format: { type: 'string', default: 'yaml' },
        url: { type: 'string' },
        regions: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : cause}\n\n${usage}`, { cause });
  }
}
