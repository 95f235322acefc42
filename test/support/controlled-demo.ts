import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const root = new URL('../../', import.meta.url).pathname;

export const attemptsPerMinute = 40;
/** Of the broker's own roles: apart from those that it may change. */
const rolePath = '/brokers/';
export const tablesRoleArn = 'arn:aws:iam::111111111111:role/daypass/Tables';

const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });

/**
 * The demo with a small quota, somebody else who controls, and profiles of a role in the broker's own account: with a
 * source identity, and without. The broker's own roles have a path of their own.
 * @returns flags of `npm start`
 */
export const writeControlledDemo = (directory: string): readonly string[] => [
  '--config',
  writeConfiguration(directory),
  '--world',
  writeWorld(directory),
];

function writeConfiguration(directory: string): string {
  const document = parse(readFileSync(join(root, 'config/daypass.yaml'), 'utf8'));
  const tables = {
    description: 'Tables of the broker',
    mechanism: 'assume-role',
    roleArn: tablesRoleArn,
    trust: [{ Effect: 'Allow', Principal: { Federated: ['okta', 'aws'] } }],
  };
  document.profiles = {
    ...document.profiles,
    tables,
    'tables-unnamed': { ...tables, setSourceIdentity: false },
  };
  document.limits = { attemptsPerMinute };
  document.deployment.rolePath = rolePath;
  document.controls.trust.push({
    Sid: 'OnCall',
    Effect: 'Allow',
    Principal: { Federated: 'aws' },
    Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:user/developer' } },
  });
  document.issuers.adfs.metadataFile = join(root, 'config/adfs-metadata.xml');
  return write(join(directory, 'daypass.yaml'), document);
}

function writeWorld(directory: string): string {
  const world = readFileSync(join(root, 'local/world.yaml'), 'utf8');
  const document = parse(world.replaceAll(':role/daypass/daypass-', `:role${rolePath}daypass-`));
  const account = document.accounts['111111111111'];
  account.roles = {
    ...account.roles,
    'daypass/Tables': {
      trust: policy({
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      }),
      policies: [policy({ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' })],
    },
  };
  return write(join(directory, 'world.yaml'), document);
}

function write(file: string, document: unknown): string {
  writeFileSync(file, stringify(document, { aliasDuplicateObjects: false }));
  return file;
}
