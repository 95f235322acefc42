import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Directories } from '../../../lib/client/directories.ts';
import { findBroker, readSettings, writeSettings } from '../../../lib/client/settings.ts';

let config: string;
let directories: Directories;

beforeEach(() => {
  config = mkdtempSync(join(tmpdir(), 'daypass-settings-'));
  directories = { config, data: config, cache: config };
});
afterEach(() => rmSync(config, { recursive: true }));

describe('settings', () => {
  it('are those that were written', () => {
    writeSettings(directories, { broker: new URL('https://daypass.example.com/prod') });

    expect(readSettings(directories).broker?.href).toBe('https://daypass.example.com/prod');
  });

  it('are none at first', () => {
    expect(readSettings(directories)).toEqual({});
  });

  it.each(['{', '{"broker":1}'])('that read %s are refused, with what to do', (text) => {
    writeFileSync(join(config, 'config.json'), text, { mode: 0o600 });

    expect(() => readSettings(directories)).toThrow(
      expect.objectContaining({ code: 'failed', hint: expect.stringContaining('remove it') }),
    );
  });

  it('that others could change are refused: they say where tokens go', () => {
    writeSettings(directories, { broker: new URL('https://daypass.example.com') });
    chmodSync(join(config, 'config.json'), 0o666);

    expect(() => readSettings(directories)).toThrow('can be written by others');
  });

  it('name no broker to which a token would go in the clear', () => {
    writeFileSync(join(config, 'config.json'), '{"broker":"http://daypass.example.com"}', { mode: 0o600 });

    expect(() => readSettings(directories)).toThrow('is not the address of a broker');
  });
});

describe('the broker', () => {
  it('is that of the environment before that of the settings', () => {
    writeSettings(directories, { broker: new URL('https://kept.example.com') });

    expect(findBroker({ DAYPASS_URL: 'https://named.example.com' }, directories)?.host).toBe(
      'named.example.com',
    );
    expect(findBroker({ DAYPASS_URL: '' }, directories)?.host).toBe('kept.example.com');
    expect(findBroker({}, directories)?.host).toBe('kept.example.com');
  });

  it('is unknown where neither names one', () => {
    expect(findBroker({}, directories)).toBeUndefined();
  });
});
