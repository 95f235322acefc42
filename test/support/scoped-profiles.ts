import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const root = new URL('../../', import.meta.url).pathname;
const managedPolicyArn = 'arn:aws:iam::aws:policy/Tables';
const Statement = [{ Sid: 'Tables', Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }];
const tables = { Version: '2012-10-17', Statement };

/**
 * The demo with twins of prod-readonly that differ in the session policies that they have and take.
 * @returns flags of `npm start`
 */
export const writeScopedDemo = (directory: string): readonly string[] => [
  '--config',
  writeConfiguration(directory),
  '--world',
  writeWorld(directory),
];

function writeConfiguration(directory: string): string {
  const document = parse(readFileSync(join(root, 'config/daypass.yaml'), 'utf8'));
  const { 'prod-readonly': profile } = document.profiles;
  document.profiles = {
    ...document.profiles,
    accepting: { ...profile, acceptsSessionPolicy: true },
    bounded: { ...profile, sessionPolicy: tables },
    managed: { ...profile, managedPolicyArns: [managedPolicyArn] },
  };
  document.issuers.adfs.metadataFile = join(root, 'config/adfs-metadata.xml');
  return write(join(directory, 'daypass.yaml'), document);
}

function writeWorld(directory: string): string {
  const document = parse(readFileSync(join(root, 'local/world.yaml'), 'utf8'));
  document.managedPolicies = { ...document.managedPolicies, [managedPolicyArn]: tables };
  return write(join(directory, 'world.yaml'), document);
}

function write(file: string, document: unknown): string {
  writeFileSync(file, stringify(document, { aliasDuplicateObjects: false }));
  return file;
}
