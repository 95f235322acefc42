import { parseArgs } from 'node:util';
import { createAccountChecks } from '../lib/live/account-checks.ts';
import { createHttpChecks } from '../lib/live/http-checks.ts';
import { type LiveReport, runLiveChecks } from '../lib/live/live-check.ts';
import { createTlsChecks } from '../lib/live/tls-checks.ts';

/*
 * `npm run verify-live`: those of docs/live-checks.md that only read, against a deployed broker. Ends with 0 where none
 * has failed, with 1 where one has, with 2 where it was asked wrongly.
 */

const help = `npm run verify-live -- --url URL [flags]

  --url URL               the stack's output ApiUrl; http://127.0.0.1:8080 of npm start does as well
  --default-endpoint URL  API Gateway's own URL, where the broker has a name of its own
  --region REGION         of the deployment; with the following it asks AWS, by the credentials of the environment
  --primary-region REGION the first of deployment.regions, where it is not --region
  --stage STAGE           of the deployment
  --issuance-table NAME   the stack's output IssuanceTableName
  --trail-bucket NAME     the bucket of the trail
  --json                  print one line of JSON for each check
  --help                  print this
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

const options = {
  ...{ url: text, 'default-endpoint': text, region: text, 'primary-region': text, stage: text },
  ...{ 'issuance-table': text, 'trail-bucket': text, json: flag, help: flag },
} as const;

async function main(): Promise<void> {
  const values = parse();
  if (values.help) return void process.stdout.write(help);
  const target = {
    url: toUrl('--url', values.url),
    ...toOptional('defaultEndpoint', values['default-endpoint']),
  };
  const {
    region,
    'primary-region': primaryRegion,
    stage,
    'issuance-table': issuanceTable,
    'trail-bucket': trailBucket,
  } = values;
  const account = {
    ...(region === undefined ? {} : { region }),
    ...(primaryRegion === undefined ? {} : { primaryRegion }),
    ...(stage === undefined ? {} : { stage }),
    ...(issuanceTable === undefined ? {} : { issuanceTable }),
    ...(trailBucket === undefined ? {} : { trailBucket }),
  };
  const checks = [...createHttpChecks(target), ...createTlsChecks(target), ...createAccountChecks(account)];
  const reports = await runLiveChecks(checks);
  for (const report of reports)
    process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : toLines(report));
  if (!values.json) process.stdout.write(toSummary(reports));
  process.exitCode = reports.some(({ outcome }) => outcome === 'FAIL') ? 1 : 0;
}

function parse() {
  try {
    return parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

const toOptional = (name: 'defaultEndpoint', value: string | undefined) =>
  value === undefined ? {} : { [name]: toUrl('--default-endpoint', value) };

function toUrl(name: string, value: string | undefined): URL {
  if (value !== undefined && /^https?:\/\//.test(value) && URL.canParse(value)) return new URL(value);
  return refuse(`${name} is ${value ?? 'missing'}; allowed: an http or https URL`);
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n\n${help}`);
  process.exit(2);
}

const toLines = (report: LiveReport): string =>
  `${report.outcome} ${report.claim}\n     ${report.outcome === 'SKIP' ? `skipped: ${report.because}` : `expected: ${report.expected}\n     seen:     ${report.seen}`}\n`;

const toSummary = (reports: readonly LiveReport[]): string => {
  const count = (outcome: string) => reports.filter((report) => report.outcome === outcome).length;
  return `\n${count('PASS')} passed, ${count('FAIL')} failed, ${count('SKIP')} skipped. docs/live-checks.md has what a person must look at.\n`;
};

await main();
