import { isUtf8 } from 'node:buffer';
import { type ConfigLine, type ConfigSection, readSections } from './read-sections.ts';

/** Why the AWS CLI refuses to read a file at all: it says no more of it than that it can't. */
export interface Damage {
  readonly number: number;
  /** Such as `is no setting`. */
  readonly what: string;
}

/** The first thing that is wrong; `undefined` where there is nothing that is known to be. @param text a character for each byte */
export function findDamage(text: string): Damage | undefined {
  const sections = readSections(text);
  if (/^\u00EF\u00BB\u00BF/.test(text)) return { number: 1, what: 'begins with a byte order mark' };
  const foreign = sections.flatMap(({ lines }) => lines).find(isForeign);
  if (foreign !== undefined) return toDamage(foreign, 'is no UTF-8');
  const seen = new Map<string, number>();
  for (const section of sections) {
    const damage = findRepetition(section, seen) ?? findDamageWithin(section);
    if (damage !== undefined) return damage;
  }
  return undefined;
}

const isForeign = ({ text }: ConfigLine) => !isUtf8(Buffer.from(text, 'latin1'));

function findRepetition({ header }: ConfigSection, seen: Map<string, number>): Damage | undefined {
  const name = /\[([^\]]+)\]/.exec(header?.text ?? '')?.[1];
  if (header === undefined || name === undefined) return undefined;
  const before = seen.get(name);
  seen.set(name, header.number);
  // Python's own, which no SDK reads.
  if (before === undefined || name === 'DEFAULT') return undefined;
  return { number: header.number, what: `begins a section that line ${before} begins already` };
}

function findDamageWithin({ header, settings, strays }: ConfigSection): Damage | undefined {
  const [stray] = strays;
  if (stray !== undefined) return { number: stray.number, what: 'is no setting' };
  const seen = new Set<string>();
  for (const { key, value, lines } of settings) {
    const [first] = lines;
    if (first === undefined) continue;
    if (header === undefined) return toDamage(first, 'stands above the first section');
    if (key === '' || seen.has(key))
      return toDamage(first, key === '' ? 'has no name' : `sets ${key} once more`);
    seen.add(key);
    const nested = value.startsWith('\n') ? value.split('\n') : [];
    if (nested.some((line) => line !== '' && !line.includes('=')))
      return toDamage(first, 'is followed by lines that are no settings');
  }
  return undefined;
}

const toDamage = ({ number }: ConfigLine, what: string): Damage => ({ number, what });
