import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readDocument } from '../../../bin/daypass/read-document.ts';

const directory = mkdtempSync(join(tmpdir(), 'daypass-document-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function read(text: string) {
  const file = join(directory, 'document');
  writeFileSync(file, text);
  return readDocument(file, new AbortController().signal);
}

describe('a document', () => {
  it.each([
    ['JSON', '{ "owner": "a team" }'],
    ['JSON of Windows', '\uFEFF{\r\n"owner": "a team"\r\n}\r\n'],
    ['YAML', 'owner: a team # theirs'],
    ['YAML with an alias', '.names: [&a a team]\nowner: *a'],
  ])('is read as %s', async (_what, text) => {
    expect(await read(text)).toMatchObject({ owner: 'a team' });
  });

  it.each([
    ['a list', '[1]', 'holds no object'],
    ['nothing', '', 'holds no object'],
    ['neither', '{', 'neither JSON nor YAML'],
    ['an alias within itself', 'owner: &a [*a]', 'has an alias within'],
    ['aliases without end', aliases(), 'neither JSON nor YAML'],
  ])('is none where it is %s', async (_what, text, said) => {
    await expect(read(text)).rejects.toMatchObject({
      name: 'ClientError',
      code: 'usage',
      message: expect.stringContaining(said),
    });
  });
});

/** A few hundred bytes that would be ten thousand million words. */
function aliases(): string {
  const tenOf = (name: string) => `[${Array.from({ length: 10 }, () => `*${name}`).join(', ')}]`;
  const lines = Array.from(
    { length: 10 },
    (_, index) => `a${index + 1}: &a${index + 1} ${tenOf(`a${index}`)}`,
  );
  return ['a0: &a0 word', ...lines].join('\n');
}
