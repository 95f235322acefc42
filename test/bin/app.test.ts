import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { aConfigurationDocument, aProfileDocument } from '../support/a-configuration.ts';
import { deployedContext } from '../support/deployed-context.ts';

const folder = mkdtempSync(join(tmpdir(), 'daypass-app-'));
const outdir = join(folder, 'cdk.out');
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the app as the CDK CLI does, without bundling. */
async function runApp(document: unknown, more: object = {}) {
  const configuration = join(folder, 'daypass.yaml');
  writeFileSync(configuration, JSON.stringify(document));
  const context = { ...deployedContext(), 'aws:cdk:bundling-stacks': [], configuration, ...more };
  const env = { PATH: process.env['PATH'], CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) };
  try {
    const { stderr } = await promisify(execFile)(process.execPath, ['bin/app.ts'], { env });
    return { code: 0, lines: toLines(stderr) };
  } catch (error) {
    const { code, stderr } = error as { readonly code: number; readonly stderr: string };
    return { code, lines: toLines(stderr) };
  }
}

/** With a profile that a canary gets and the other does not. */
function withCanary() {
  const accounts = ['111111111111'];
  const allowed = 'arn:aws:iam::111111111111:role/daypass-prod-eu-west-1-canary-allowed';
  const canary = aProfileDocument({
    roleArn: 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-canary-target',
    duration: { defaultSeconds: 900, maxSeconds: 900 },
    trust: [
      {
        ...{ Effect: 'Allow', Principal: { Federated: 'aws' } },
        Condition: { ArnEquals: { 'aws:PrincipalArn': allowed } },
      },
    ],
  });
  const { issuers } = aConfigurationDocument();
  return aConfigurationDocument({
    issuers: { okta: issuers.okta, aws: { type: 'iam', accounts } },
    profiles: { canary },
  });
}

/** With the annotations, which the CDK CLI prints; a large stack's are in a file of their own. */
const readManifest = () =>
  readdirSync(outdir)
    .filter((name) => name.endsWith('manifest.json') || name.endsWith('metadata.json'))
    .map((name) => readFileSync(join(outdir, name), 'utf8'))
    .join('\n');

const toLines = (text: string) => text.split('\n').filter((line) => line !== '');

describe('bin/app.ts', () => {
  it('names every problem, one a line, without a stack trace, and makes no assembly when the configuration is wrong', async () => {
    const profile = aProfileDocument({
      duration: { maxSeconds: 7200 },
      roleArn: 'arn:aws:iam::2222:role/ReadOnly',
    });

    const { code, lines } = await runApp(aConfigurationDocument({ profiles: { wrong: profile } }));

    expect(code).toBe(1);
    expect(lines).toHaveLength(2);
    expect(lines.join('\n')).toMatch(/profiles\.wrong\.duration\.maxSeconds: 7200 is not allowed; allowed: /);
    expect(lines.join('\n')).toMatch(/profiles\.wrong\.roleArn: /);
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(false);
  });

  it('says how many policies it would take when there are more external ids than IAM can hold', async () => {
    const partners = Array.from({ length: 400 }, (_, index) => [
      `partner-${index}`,
      aProfileDocument({
        roleArn: `arn:aws:iam::444444444444:role/R${index}`,
        setSourceIdentity: false,
        externalId: `partner-${index}-0123456789abcdef`,
      }),
    ]);

    const { code, lines } = await runApp(aConfigurationDocument({ profiles: Object.fromEntries(partners) }));

    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^profiles: "\d\d managed policies for role daypass-prod-eu-west-1-issuer" is not allowed; allowed: at most 10 /,
    );
  });

  it('synthesizes one stack, named after its stage, that passes the checks, when all is well', async () => {
    const { code, lines } = await runApp(aConfigurationDocument());

    expect([code, lines]).toEqual([0, []]);
    expect(readdirSync(outdir)).toContain('Daypass-prod.template.json');
    expect(readManifest()).toContain('no alarmTopic is given');
  });

  it('takes a topic for the alarms and a profile for the canaries from the context', async () => {
    const alarmTopic = 'arn:aws:sns:eu-west-1:111111111111:alarms';

    const { code } = await runApp(withCanary(), { alarmTopic, canaryProfile: 'canary' });
    const template = readFileSync(join(outdir, 'Daypass-prod.template.json'), 'utf8');

    expect(code).toBe(0);
    expect(template).toContain(alarmTopic);
    expect(template).toContain('daypass-prod-canary-allowed');
    expect(readManifest()).not.toContain('no alarmTopic is given');
  });

  it('refuses a topic for the alarms that is no ARN', async () => {
    const { code, lines } = await runApp(aConfigurationDocument(), { alarmTopic: 'alarms' });

    expect([code, lines]).toEqual([
      1,
      ['alarmTopic: "alarms" is not allowed; allowed: the ARN of an SNS topic'],
    ]);
  });
});
