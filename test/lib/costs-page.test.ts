import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const [, million = ''] =
  /^## A million issuances$(.*?)^## /ms.exec(readFileSync('docs/costs.md', 'utf8')) ?? [];
const lines = [...million.matchAll(/^\|.*\| (\d[^|]*) \|$/gm)].map(([, dollars = '']) => dollars);

describe('docs/costs.md', () => {
  it('sums up what its lines say, with and without another trail', () => {
    const least = lines.flatMap((text) => text.split(/ \+ |, or /, text.includes(', or ') ? 1 : 2));
    const sum = least.reduce((total, text) => total + Number.parseFloat(text), 0);

    expect(lines.length).toBeGreaterThan(15);
    expect(million).toContain(`**about ${Math.round(sum)}, or ${Math.round(sum + 20)} where another trail`);
  });
});
