import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

const root = new URL('../../', import.meta.url).pathname;
const gateway = 'arn:aws:iam::222222222222:role/daypass/TokenGateway';
const chained = 'arn:aws:iam::333333333333:role/daypass/ChainedToken';

const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const getTokens = policy({
  Effect: 'Allow',
  Action: ['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken'],
  Resource: '*',
});
const assume = { Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'] };

/**
 * The demo with twins of partner-token: by way of another role, of an account that signs no tokens, of a role that may
 * not ask for any, with another algorithm.
 * @returns flags of `npm start`
 */
export const writeTokenDemo = (directory: string): readonly string[] => [
  '--config',
  writeConfiguration(directory),
  '--world',
  writeWorld(directory),
];

function writeConfiguration(directory: string): string {
  const document = parse(readFileSync(join(root, 'config/daypass.yaml'), 'utf8'));
  const { 'partner-token': profile } = document.profiles;
  const settings = { audiences: ['https://api.partner.example'] };
  document.profiles = {
    ...document.profiles,
    'token-by-way': { ...profile, via: [gateway], roleArn: chained, transitiveTagKeys: ['Team'] },
    'token-disabled': { ...profile, roleArn: 'arn:aws:iam::222222222222:role/daypass/PartnerToken' },
    'token-powerless': {
      ...profile,
      roleArn: 'arn:aws:iam::222222222222:role/daypass/WarehouseGateway',
    },
    'token-es384': { ...profile, webIdentityToken: { ...settings, signingAlgorithm: 'ES384' } },
    'token-reasoned': { ...profile, reasonRequired: true },
    'token-signed': {
      ...{ ...profile, sessionTags: {} },
      trust: [{ Effect: 'Allow', Principal: { Federated: 'aws' } }],
    },
  };
  document.issuers.adfs.metadataFile = join(root, 'config/adfs-metadata.xml');
  return write(join(directory, 'daypass.yaml'), document);
}

function writeWorld(directory: string): string {
  const document = parse(readFileSync(join(root, 'local/world.yaml'), 'utf8'));
  const { '222222222222': production, '333333333333': data } = document.accounts;
  const { trust } = data.roles['daypass/PartnerToken'];
  production.roles['daypass/PartnerToken'] = { trust, policies: [getTokens] };
  production.roles['daypass/TokenGateway'] = {
    trust,
    policies: [policy({ ...assume, Resource: chained })],
  };
  data.roles['daypass/ChainedToken'] = {
    trust: policy({ ...assume, Principal: { AWS: gateway } }),
    policies: [getTokens],
  };
  return write(join(directory, 'world.yaml'), document);
}

function write(file: string, document: unknown): string {
  writeFileSync(file, stringify(document, { aliasDuplicateObjects: false }));
  return file;
}
