import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A package that is in a bundle, and what its licence wants to go with it. */
interface Bundled {
  readonly title: string;
  readonly text: string;
}

/**
 * The licences of what is in the bundles: whoever hands on a copy has to hand on these. Each text once, under all
 * packages that have it.
 *
 * @param inputs paths of what went into the bundles, from `root`
 */
export function toThirdPartyLicenses(inputs: Iterable<string>, root: string): string {
  const folders = new Set([...inputs].flatMap((input) => toPackageFolder(resolve(root, input)) ?? []));
  const all = [...folders].map(readPackage).sort((a, b) => (a.title < b.title ? -1 : 1));
  const sections = [...Map.groupBy(all, ({ text }) => text)].map(
    ([text, those]) => `${[...new Set(those.map(({ title }) => title))].join('\n')}\n\n${text}\n`,
  );
  return sections.join(`\n${'-'.repeat(80)}\n\n`);
}

/** The innermost, for a file of a package; a bundle's own files are none's. */
const toPackageFolder = (file: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];

function readPackage(folder: string): Bundled {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  // Without a file the package's own word has to do.
  return { title: `${name} ${version}`, text: texts.join('\n\n') || `Licence: ${license ?? 'not said'}` };
}
