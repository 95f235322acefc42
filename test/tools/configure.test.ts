import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { configureSections } from '../../lib/client/aws-config/configure-sections.ts';
import { toProcessCommand } from '../../lib/client/aws-config/credential-process.ts';
import { findDamage } from '../../lib/client/aws-config/find-damage.ts';
import { boto3s } from '../support/aws-tools.ts';
import { configText, readableConfigText, shopCommand } from '../support/config-texts.ts';
import { type Conversation, converse } from '../support/run-program.ts';

const script = new URL('../support/read-aws-config.py', import.meta.url).pathname;

type Profiles = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const configure = (text: string) =>
  configureSections(text, {
    wanted: [{ name: 'daypass-shop', profile: 'shop', command: shopCommand }],
    isOfBroker: () => true,
    region: 'eu-west-1',
    force: true,
  });

describe.each(boto3s)('as $name reads it,', ({ python }) => {
  let reader: Conversation;

  beforeAll(() => {
    reader = converse(python, [script], { env: { PYTHONUTF8: '1' } });
  });

  afterAll(() => reader.end());

  const read = async (texts: readonly string[]): Promise<readonly (Profiles | null)[]> => {
    const files = texts.map((text) => Buffer.from(text, 'latin1').toString('base64'));
    return (await reader.ask(JSON.stringify({ files }))) as unknown as readonly (Profiles | null)[];
  };

  it('a configured file has the command, and all other profiles as they were', async () => {
    const texts = [...fc.sample(readableConfigText, 500), ...fc.sample(configText, 500)];
    const configured = texts.map(configure);
    const [before, after] = [await read(texts), await read(configured.map(({ text }) => text))];

    const readable = before.flatMap((profiles, index) => (profiles === null ? [] : [index]));
    expect(readable.length).toBeGreaterThan(200);
    for (const index of readable) {
      const { 'daypass-shop': ours, ...others } = after[index] ?? {};
      const { 'daypass-shop': _, ...othersBefore } = before[index] ?? {};
      const kind = configured[index]?.changes[0]?.kind;
      expect(others).toEqual(othersBefore);
      if (kind !== 'kept')
        expect(ours).toMatchObject({ credential_process: shopCommand, region: 'eu-west-1' });
    }
  });

  it('a file is refused where we say so, and nowhere else', async () => {
    const texts = fc.sample(configText, 3000);

    const outcomes = (await read(texts)).map((profiles, index) => ({
      text: texts[index],
      isRefused: profiles === null,
      damage: findDamage(texts[index] ?? ''),
    }));

    const known = outcomes.filter(({ damage }) => damage !== undefined);
    expect(known.filter(({ isRefused }) => !isRefused)).toEqual([]);
    const unknown = outcomes.filter(({ isRefused, damage }) => isRefused && damage === undefined);
    expect(unknown).toEqual([]);
    expect(outcomes.filter(({ isRefused }) => !isRefused).length).toBeGreaterThan(50);
  });

  it.each(['linux', 'win32'] as const)('a command of %s has its words', async (platform) => {
    const words = fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), 1000);
    const programs = words.flatMap((word) => {
      try {
        return [{ word, command: toProcessCommand({ program: ['node', word], profile: 'shop' }, platform) }];
      } catch {
        return [];
      }
    });

    const split = await reader.ask(
      JSON.stringify({ commands: programs.map(({ command }) => command), platform }),
    );

    expect(programs.length).toBeGreaterThan(300);
    expect(split).toEqual(
      programs.map(({ word }) => ['node', word, 'credentials', 'shop', '--format', 'process']),
    );
  });
});
