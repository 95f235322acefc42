import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { toChildEnvironment } from '../../../lib/client/child-environment.ts';
import { toHiddenFiles } from '../../../lib/client/hidden-files.ts';

describe("a child's environment", () => {
  it.each([
    'AWS_PROFILE',
    'AWS_DEFAULT_PROFILE',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_SECURITY_TOKEN',
    'AWS_CREDENTIAL_EXPIRATION',
    'AWS_ROLE_ARN',
    'AWS_ROLE_SESSION_NAME',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN',
    'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
    'aws_profile',
  ])('has no %s of before', (name) => {
    expect(toChildEnvironment({ [name]: 'old' }, { X: 'new' })).toEqual({ X: 'new' });
  });

  it.each([
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_ENDPOINT_URL',
    'AWS_CONFIG_FILE',
    'AWS_CA_BUNDLE',
    'PATH',
    'DAYPASS_URL',
    'AWS_PROFILES',
  ])('keeps %s', (name) => {
    expect(toChildEnvironment({ [name]: 'old' }, {})).toEqual({ [name]: 'old' });
  });

  it('has what is given, in place of the same name', () => {
    expect(
      toChildEnvironment({ AWS_ACCESS_KEY_ID: 'old', A: undefined }, { AWS_ACCESS_KEY_ID: 'new' }),
    ).toEqual({
      AWS_ACCESS_KEY_ID: 'new',
    });
  });
});

describe('files of the AWS configuration', () => {
  const directory = mkdtempSync(join(tmpdir(), 'daypass-aws-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const hide = (config: string, credentials = '') =>
    toHiddenFiles({
      AWS_CONFIG_FILE: write('config', config),
      AWS_SHARED_CREDENTIALS_FILE: write('credentials', credentials),
    });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each([
    ['[default]\nregion = eu-west-1\ncredential_process = x\n'],
    ['[profile default]\nrole_arn = arn:aws:iam::222222222222:role/x\n'],
    ['[other]\na = 1\n  [ default ]\nsso_session = x\n'],
    ['[default]\r\nregion=eu-west-1\r\naws_access_key_id=AKIA\r\n'],
  ])('are hidden when their default profile gives credentials: %j', (config) => {
    expect(hide(config)).toEqual({ AWS_CONFIG_FILE: devNull });
  });

  it.each([
    ['[default]\nregion = eu-west-1\n'],
    ['[default]\nregion = eu-west-1\n[profile other]\ncredential_process = x\n'],
    ['[profile defaults]\ncredential_process = x\n'],
    ['[default]\n# credential_process = x\n'],
    [''],
  ])('stay when it gives none: %j', (config) => {
    expect(hide(config)).toEqual({});
  });

  it('are hidden by their usual places too', () => {
    expect(hide('', '[default]\naws_access_key_id = AKIA\n')).toEqual({
      AWS_SHARED_CREDENTIALS_FILE: devNull,
    });
    expect(toHiddenFiles({ HOME: directory })).toEqual({});
  });
});
