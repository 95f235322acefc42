import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parse, parseDocument } from 'yaml';
import { aConfigurationDocument, aProfileDocument } from '../support/a-configuration.ts';

const folder = mkdtempSync(join(tmpdir(), 'daypass-target-'));
const config = join(folder, 'daypass.yaml');
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(
  config,
  JSON.stringify(
    aConfigurationDocument({
      profiles: {
        readonly: aProfileDocument(),
        long: aProfileDocument({ mechanism: 'web-identity', roleArn: 'arn:aws:iam::222222222222:role/Long' }),
      },
    }),
  ),
);

async function run(...args: readonly string[]) {
  try {
    const program = ['bin/target-template.ts', ...args];
    return { code: 0, ...(await promisify(execFile)(process.execPath, program)) };
  } catch (error) {
    return error as { readonly code: number; readonly stdout: string; readonly stderr: string };
  }
}

describe('bin/target-template.ts', () => {
  it('prints YAML that CloudFormation’s YAML 1.1 reads as the JSON of it', async () => {
    const [yaml, json] = await Promise.all([
      run('readonly', '--config', config),
      run('readonly', '--config', config, '--format', 'json'),
    ]);

    expect([yaml.code, json.code, yaml.stderr, json.stderr]).toEqual([0, 0, '', '']);
    expect(parse(yaml.stdout, { version: '1.1' })).toEqual(JSON.parse(json.stdout));
    expect(parseDocument(yaml.stdout).errors).toEqual([]);
    expect(yaml.stdout).toContain('AWSTemplateFormatVersion: "2010-09-09"\n');
    expect(yaml.stdout).toContain('RoleName: ReadOnly\n');
  });

  it('prints what the README says', async () => {
    const [, block = ''] =
      /### Target roles\n[\s\S]*?```yaml\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];

    const { stdout } = await run('ci-deploy');

    expect(block.split('\n').length).toBeGreaterThan(20);
    expect(stdout).toContain(block);
  });

  it('takes the broker’s URL and its regions', async () => {
    const args = ['--config', config, '--format', 'json'];

    const long = await run('long', ...args, '--url', 'https://daypass.example.com');
    const readonly = await run('readonly', ...args, '--regions', 'eu-west-1,eu-central-1');

    expect(long.stdout).toContain('oidc-provider/daypass.example.com"');
    expect(readonly.stdout).toContain('daypass-prod-eu-central-1-issuer"');
  });

  it.each([
    ['nothing asked for', [], 2, /^one profile is needed\n/],
    ['an unknown option', ['readonly', '--out', 'x'], 2, /'--out'/],
    [
      'another format',
      ['readonly', '--format', 'xml'],
      2,
      /^--format xml is not allowed; allowed: yaml, json\n$/,
    ],
    [
      'an unknown profile',
      ['nope', '--config', config],
      1,
      /^profiles: "nope" is not allowed; allowed: long, readonly\n$/,
    ],
    ['no URL', ['long', '--config', config], 1, /^deployment\.url: is missing; .*OidcIssuerUrl has it\n$/],
  ])('says what is wrong, and prints no template: %s', async (_name, args, code, message) => {
    const answer = await run(...args);

    expect([answer.code, answer.stdout]).toEqual([code, '']);
    expect(answer.stderr).toMatch(message);
    expect(answer.stderr).not.toMatch(/^\s+at /m);
  });
});
