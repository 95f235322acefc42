import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type CredentialFormat,
  credentialFormats,
  credentialsAnswer,
} from '../../../lambda/http/credential-schemas.ts';
import { renderCredentials } from '../../../lambda/http/render-credentials.ts';
import { anId, anIntent, issuedCredentials, secrets } from '../../support/an-issuance.ts';

const expiration = new Date('2026-01-01T00:15:00.000Z');

const textOf = (format: CredentialFormat, issued = issuedCredentials({ expiration })): string => {
  const { body } = renderCredentials(issued, format);
  return typeof body === 'string' ? body : JSON.stringify(body);
};

const withSecret = (secretAccessKey: string) => issuedCredentials({ secretAccessKey, expiration });

describe('rendered credentials', () => {
  it.each(credentialFormats)('as %s carry the id of their issuance in a header', (format) => {
    const { status, headers } = renderCredentials(issuedCredentials(), format);

    expect({ status, headers }).toEqual({ status: 200, headers: { 'Daypass-Issuance-Id': anId } });
  });

  it('as sts are what the AWS CLI prints, with the id', () => {
    const intent = anIntent();

    expect(renderCredentials(issuedCredentials({ expiration }, intent), 'sts').body).toEqual({
      IssuanceId: anId,
      Credentials: {
        AccessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        SecretAccessKey: secrets.secretAccessKey,
        SessionToken: secrets.sessionToken,
        Expiration: '2026-01-01T00:15:00Z',
      },
      AssumedRoleUser: {
        AssumedRoleId: `AROA3XFRBF535PLBIFPI4:${intent.roleSessionName}`,
        Arn: `arn:aws:sts::222222222222:assumed-role/ReadOnly/${intent.roleSessionName}`,
      },
      PackedPolicySize: 6,
      SourceIdentity: 'okta.alice@example.com',
    });
  });

  it('as sts are what OpenAPI says', () => {
    const { body } = renderCredentials(issuedCredentials({ expiration }), 'sts');

    expect(credentialsAnswer.parse(body)).toEqual(body);
  });

  it('as sts leave out what STS left out', () => {
    const { sourceIdentity, ...intent } = anIntent();
    const { intent: issuedIntent, answer } = issuedCredentials({}, intent);
    const { packedPolicySize, ...smaller } = answer;

    const { body } = renderCredentials({ intent: issuedIntent, answer: smaller }, 'sts');

    expect(body).not.toHaveProperty('PackedPolicySize');
    expect(body).not.toHaveProperty('SourceIdentity');
  });

  it('as fish are universal-quoted exports', () => {
    expect(textOf('fish', withSecret("a'b\\c$d"))).toBe(
      [
        "set -gx AWS_ACCESS_KEY_ID 'ASIAIOSFODNN7EXAMPLE'",
        "set -gx AWS_SECRET_ACCESS_KEY 'a\\'b\\\\c$d'",
        `set -gx AWS_SESSION_TOKEN '${secrets.sessionToken}'`,
        "set -gx AWS_CREDENTIAL_EXPIRATION '2026-01-01T00:15:00Z'",
        '',
      ].join('\n'),
    );
  });

  it('as powershell are literal strings', () => {
    expect(textOf('powershell', withSecret("a'b$c`d\u2019e\u2018f"))).toBe(
      [
        "$Env:AWS_ACCESS_KEY_ID = 'ASIAIOSFODNN7EXAMPLE'",
        "$Env:AWS_SECRET_ACCESS_KEY = 'a''b$c`d\u2019\u2019e\u2018\u2018f'",
        `$Env:AWS_SESSION_TOKEN = '${secrets.sessionToken}'`,
        "$Env:AWS_CREDENTIAL_EXPIRATION = '2026-01-01T00:15:00Z'",
        '',
      ].join('\n'),
    );
  });
});

describe('rendered credentials as ini', () => {
  it.each([
    ['a line end', 'x\ncredential_process = touch file'],
    ['a carriage return', 'x\r[default]'],
    ['a space, after which a comment may begin', 'x #y'],
    ['a space at its end', 'x '],
    ['what begins a comment', '#x'],
    ['what begins a comment elsewhere', ';x'],
    ['a tab', 'x\ty'],
    ['a line separator', 'x\u2028y'],
    ['nothing', ''],
  ])('are not written when a value has %s', (_what, value) => {
    expect(() => textOf('ini', withSecret(value))).toThrow(
      new TypeError(
        'a credentials file cannot hold a value of STS; allowed: printable characters, no spaces',
      ),
    );
    expect(() => textOf('ini', issuedCredentials({ sessionToken: value, expiration }))).toThrow(TypeError);
  });
});

describe('rendered credentials, evaluated by /bin/sh', () => {
  const names = [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_CREDENTIAL_EXPIRATION',
  ];
  const script = `eval "$1"; ${names.map((name) => `printf '%s\\0' "$${name}"`).join('; ')}; ls -A | wc -l`;

  /** What a shell then has in its environment, and what it left behind in its directory. */
  function evaluate(text: string): readonly string[] {
    const cwd = mkdtempSync(join(tmpdir(), 'daypass-sh-'));
    try {
      const output = execFileSync('/bin/sh', ['-c', script, 'sh', text], { cwd, encoding: 'utf8' });
      return output.split('\0').map((part) => part.trimEnd());
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  }

  it('are in the environment', () => {
    const [accessKeyId, secretAccessKey, sessionToken, expires, files] = evaluate(textOf('posix'));

    expect({ accessKeyId, secretAccessKey, sessionToken, expires, files }).toEqual({
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      ...secrets,
      expires: '2026-01-01T00:15:00Z',
      files: '0',
    });
  });

  it.each([
    ["'"],
    ["''"],
    ["';touch file;'"],
    ['$(touch file)'],
    ['`touch file`'],
    ['"$HOME"'],
    ['\\'],
    ["\\'"],
    ['a\nb;touch file'],
    ['!!'],
    ['*?[a-z]{a,b}~'],
    ['-n'],
    ['%s%n'],
    ['\u00e9\u{1F600}'],
  ])('are the very value %j', (value) => {
    const [, secretAccessKey, , , files] = evaluate(textOf('posix', withSecret(value)));

    expect({ secretAccessKey, files }).toEqual({ secretAccessKey: value, files: '0' });
  });

  it('are the very value, whatever printable characters it has', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\x21-\x7e]{1,40}$/), (value) => {
        const [, secretAccessKey, , , files] = evaluate(textOf('posix', withSecret(value)));

        expect({ secretAccessKey, files }).toEqual({ secretAccessKey: value, files: '0' });
      }),
      { numRuns: 60 },
    );
  });
});

describe('rendered credentials, read by the AWS SDK', () => {
  const directory = mkdtempSync(join(tmpdir(), 'daypass-sdk-'));
  const before = { ...process.env };

  beforeAll(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  });

  afterAll(() => {
    process.env = before;
    rmSync(directory, { recursive: true, force: true });
  });

  /** The SDK's own default chain, with these shared files. */
  async function readBack(name: string, files: { readonly credentials?: string; readonly config?: string }) {
    const pathOf = (kind: 'credentials' | 'config') => {
      const path = join(directory, `${name}-${kind}`);
      writeFileSync(path, files[kind] ?? '');
      return path;
    };
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = pathOf('credentials');
    process.env['AWS_CONFIG_FILE'] = pathOf('config');
    const client = new STSClient({ region: 'eu-west-1', profile: 'prod-readonly' });
    const {
      accessKeyId,
      secretAccessKey,
      sessionToken,
      expiration: expires,
    } = await client.config.credentials();
    client.destroy();
    return { accessKeyId, secretAccessKey, sessionToken, ...(expires === undefined ? {} : { expires }) };
  }

  it('from the shared credentials file, as ini', async () => {
    const read = await readBack('ini', { credentials: textOf('ini') });

    expect(read).toEqual({ accessKeyId: 'ASIAIOSFODNN7EXAMPLE', ...secrets });
  });

  it('from the shared credentials file among others, as ini', async () => {
    const other = '[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other\n';

    const read = await readBack('among', {
      credentials: `${other}\n${textOf('ini')}\n${other.replace('other', 'o2')}`,
    });

    expect(read).toEqual({ accessKeyId: 'ASIAIOSFODNN7EXAMPLE', ...secrets });
  });

  it('from the shared credentials file as the very values, whatever characters it takes', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[!-"$-:<-~][!-~]{0,60}$/), async (secretAccessKey) => {
        run += 1;

        const read = await readBack(`any-${run}`, {
          credentials: textOf('ini', withSecret(secretAccessKey)),
        });

        expect(read.secretAccessKey).toBe(secretAccessKey);
      }),
      { numRuns: 60 },
    );
  });

  it('of a credential_process, as process', async () => {
    const far = new Date(Date.now() + 3_600_000);
    far.setMilliseconds(0);
    const output = join(directory, 'output.json');
    writeFileSync(output, textOf('process', issuedCredentials({ expiration: far })));

    const read = await readBack('process', {
      config: `[profile prod-readonly]\ncredential_process = cat ${output}\n`,
    });

    expect(read).toEqual({ accessKeyId: 'ASIAIOSFODNN7EXAMPLE', ...secrets, expires: far });
  });
});
