import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

/** The demo configuration with prod-readonly's twin `hourly`, whose sessions last an hour. */
export function writeHourlyConfiguration(directory: string): string {
  const root = new URL('../../', import.meta.url).pathname;
  const document = parse(readFileSync(join(root, 'config/daypass.yaml'), 'utf8'));
  const { 'prod-readonly': profile } = document.profiles;
  document.profiles = {
    ...document.profiles,
    hourly: { ...profile, duration: { defaultSeconds: 3600, maxSeconds: 3600 } },
  };
  const metadata = join(root, 'config/adfs-metadata.xml');
  document.issuers.adfs.metadataFile = metadata;
  const file = join(directory, 'daypass.yaml');
  writeFileSync(file, stringify(document, { aliasDuplicateObjects: false }));
  return file;
}
