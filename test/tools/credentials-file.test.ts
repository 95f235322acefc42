import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { renderCredentials } from '../../lambda/http/render-credentials.ts';
import { anIntent, issuedCredentials } from '../support/an-issuance.ts';
import { aws, boto3s } from '../support/aws-tools.ts';
import { type Conversation, converse } from '../support/run-program.ts';

const script = new URL('../support/read-credentials.py', import.meta.url).pathname;

let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'daypass-file-'));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Section {
  readonly profile: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** A credentials file, as somebody who appends each answer to it gets it. */
function writeFile(sections: readonly Section[]): string {
  const file = join(home, 'credentials');
  const texts = sections.map(({ profile, ...secrets }) => {
    return renderCredentials(issuedCredentials(secrets, anIntent({ profile })), 'ini').body;
  });
  writeFileSync(file, texts.join(''), { mode: 0o600 });
  return file;
}

const toRead = (sections: readonly Section[]) =>
  Object.fromEntries(
    sections.map(({ profile, secretAccessKey, sessionToken }) => [
      profile,
      ['ASIAIOSFODNN7EXAMPLE', secretAccessKey, sessionToken],
    ]),
  );

/** What a name of a profile may be, those first that mean something elsewhere. */
const profile = fc.oneof(
  fc.constantFrom(
    'default',
    'profile',
    'include',
    'plugins',
    'preview',
    'constructor',
    'tostring',
    'a',
    'a-',
  ),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,62}$/),
);
/** Wider than AWS's letters, digits, `/`, `+` and `=`: with `%(…)s` that Python would fill in, and delimiters. */
const value = fc.oneof(
  fc.constantFrom(
    '%(aws_access_key_id)s',
    '%',
    '%%',
    '=',
    ':',
    '[x]',
    '"quoted"',
    "'",
    '$HOME',
    '\\',
    'a;b',
    'a#b',
  ),
  fc.stringMatching(/^[!-"$-:<-~][!-~]{0,60}$/),
);
const sections = fc.uniqueArray(fc.record({ profile, secretAccessKey: value, sessionToken: value }), {
  minLength: 1,
  maxLength: 8,
  selector: (section) => section.profile,
});

describe.each(boto3s)('a credentials file read by $name', ({ python }) => {
  let botocore: Conversation;

  beforeAll(() => {
    botocore = converse(python, [script], { env: { HOME: home, AWS_EC2_METADATA_DISABLED: 'true' } });
  });

  afterAll(() => botocore.end());

  it('has the very values under each name of a profile', async () => {
    await fc.assert(
      fc.asyncProperty(sections, async (written) => {
        expect(await botocore.ask(writeFile(written))).toEqual(toRead(written));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a credentials file read by the AWS CLI', () => {
  it.each([
    ['default', '%(aws_session_token)s'],
    ['prod-readonly', 'a%b=c:d;e#f"g\'h'],
    ['x'.repeat(63), '[other]'],
  ])('has the very values under %s', async (name, secretAccessKey) => {
    const file = writeFile([
      { profile: 'before', secretAccessKey: 'b', sessionToken: 'c' },
      { profile: name, secretAccessKey, sessionToken: 't+/=' },
    ]);
    const get = (key: string) =>
      aws('http://127.0.0.1', ['configure', 'get', key, '--profile', name], {
        HOME: home,
        AWS_SHARED_CREDENTIALS_FILE: file,
      });

    const [secret, token] = [await get('aws_secret_access_key'), await get('aws_session_token')];

    expect([secret.stdout, token.stdout]).toEqual([`${secretAccessKey}\n`, 't+/=\n']);
  });
});
