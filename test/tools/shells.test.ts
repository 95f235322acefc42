import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { CredentialFormat } from '../../lambda/http/credential-schemas.ts';
import { renderCredentials } from '../../lambda/http/render-credentials.ts';
import { issuedCredentials, secrets } from '../support/an-issuance.ts';
import { runProgram } from '../support/run-program.ts';

interface Shell {
  readonly name: string;
  readonly file: string;
  /** Without anybody's start-up files. */
  readonly options: readonly string[];
  readonly format: CredentialFormat;
  /** Evaluates each argument as the README says, and prints the variables that are then there, NUL after each. */
  readonly script: string;
}

const names = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
];
/** Seen by a child: what isn't exported is no use to the AWS CLI. */
const printed = `/usr/bin/env -u LANG /usr/bin/printenv -0 ${names.join(' ')}`;
const posix = `for text in "$@"; do eval "$text"; ${printed}; done`;

const shells: readonly Shell[] = [
  { name: 'sh', file: '/bin/sh', options: [], format: 'posix', script: posix },
  { name: 'bash', file: '/bin/bash', options: ['--norc', '--noprofile'], format: 'posix', script: posix },
  { name: 'bash, POSIX mode', file: '/bin/bash', options: ['--posix'], format: 'posix', script: posix },
  { name: 'zsh', file: '/usr/bin/zsh', options: ['-f'], format: 'posix', script: posix },
  {
    name: 'fish',
    file: '/usr/bin/fish',
    options: ['--no-config'],
    format: 'fish',
    script: `for text in $argv; printf '%s' $text | source; ${printed}; end`,
  },
];

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-shell-'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** One process of the shell for all of the texts; the variables after each of them. */
async function evaluate(shell: Shell, texts: readonly string[]): Promise<readonly (readonly string[])[]> {
  const { file, options, script, format } = shell;
  const name = format === 'fish' ? [] : ['shell'];
  const { code, stdout, stderr } = await runProgram(file, [...options, '-c', script, ...name, ...texts], {
    cwd: directory,
    env: { HOME: directory, LC_ALL: 'C.UTF-8' },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const values = stdout.split('\0').slice(0, -1);
  return texts.map((_, index) => values.slice(index * names.length, (index + 1) * names.length));
}

function render(format: CredentialFormat, secretAccessKey: string, sessionToken: string): string {
  const { body } = renderCredentials(issuedCredentials({ secretAccessKey, sessionToken }), format);
  return String(body);
}

const injections = [
  "'; touch injected; '",
  "\\'; touch injected; \\'",
  "'\n touch injected\n'",
  '$(touch injected)',
  '(touch injected)',
  '`touch injected`',
  '"; touch injected; "',
  '{$(touch injected)}',
  '\\',
  "\\'",
  "'\\''",
  '-x',
  '--',
  '!!',
  '%s%n',
  '~',
  '*?[a-z]{a,b}',
  '=ls',
  'a\n;touch injected',
] as const;
/** What a shell may read as more than itself, and any other character; no NUL, which no environment holds. */
const part = fc.oneof(
  fc.constantFrom(...injections),
  fc.constantFrom(...`'"\\$\`%!#;&|<>(){}[]*?~^= \t\n\r\u2018\u2019\u201a\u201b\u201c\u00a0\u2028`),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => !text.includes('\0')),
);
const value = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));

describe.each(shells)('credentials evaluated by $name', (shell) => {
  it('are in the environment of what it starts', async () => {
    const text = render(shell.format, secrets.secretAccessKey, secrets.sessionToken);

    expect(await evaluate(shell, [text])).toEqual([
      ['ASIAIOSFODNN7EXAMPLE', secrets.secretAccessKey, secrets.sessionToken, '2026-01-01T00:15:00Z'],
    ]);
  });

  it('are the very values, whatever characters they have, and run nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 40, maxLength: 40 }), async (pairs) => {
        const seen = await evaluate(
          shell,
          pairs.map(([secret, token]) => render(shell.format, secret, token)),
        );

        expect(seen.map(([, secret, token]) => [secret, token])).toEqual(pairs);
        expect(readdirSync(directory).filter((file) => file.includes('injected'))).toEqual([]);
      }),
      // A batch needs no smaller example, and each try is a process.
      { numRuns: 8, endOnFailure: true },
    );
  });
});
