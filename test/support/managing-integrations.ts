import { createPublicKey, type JsonWebKey, randomBytes } from 'node:crypto';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { createNewExternalId } from '../../lambda/core/integrations/external-id.ts';
import type {
  Integration,
  IntegrationVersion,
  Verification,
} from '../../lambda/core/integrations/integration.ts';
import type { Caller } from '../../lambda/core/integrations/integration-authority.ts';
import type {
  ExternalIdRegister,
  IntegrationStore,
} from '../../lambda/core/integrations/integration-ports.ts';
import {
  createManageIntegrations,
  type ManageIntegrations,
  type ManageIntegrationsPorts,
} from '../../lambda/core/integrations/manage-integrations.ts';
import { toKeyThumbprint } from '../../lambda/core/key-thumbprint.ts';
import { aConfiguration } from './a-configuration.ts';
import { anOrigin, aPrincipal } from './a-principal.ts';
import { aRecordingLogger } from './recording-logger.ts';
import { nowMs, type SigningKey } from './tokens.ts';

/** Whom `aManagingConfiguration` trusts with integrations, and somebody else. */
export const manager: Caller = { principal: aPrincipal({ subject: 'mallory.manager' }), origin: anOrigin() };
export const secondManager: Caller = {
  principal: aPrincipal({ subject: 'second.manager' }),
  origin: anOrigin(),
};
export const stranger: Caller = { principal: aPrincipal({ subject: 'stranger' }), origin: anOrigin() };

/** The third party itself, by this key of its own. */
export const partner = (name = 'acme', key?: SigningKey): Caller => ({
  principal: aPrincipal({
    ...{ issuer: name, subject: name, claims: {}, mfa: false },
    integration: { keyThumbprint: key === undefined ? 'of no key' : thumbprintOf(key) },
  }),
  origin: anOrigin(),
});

export const thumbprintOf = ({ publicJwk }: SigningKey): string =>
  toKeyThumbprint(createPublicKey({ key: publicJwk as JsonWebKey, format: 'jwk' }));

export const anIntegrationsSection = (keys: Readonly<Record<string, unknown>> = {}) => ({
  trust: [
    {
      Effect: 'Allow',
      Principal: { Federated: 'okta' },
      Condition: { StringLike: { 'daypass:Subject': '*.manager' } },
    },
  ],
  ownAccounts: ['222222222222'],
  graceDays: 7,
  ...keys,
});

/** Of a third party that calls with keys of its own. */
export const aKeyedIssuer = {
  ...{ type: 'integration', audience: 'https://daypass.example.com', algorithms: ['ES256'] },
};

export const aManagingConfiguration = (sections: Readonly<Record<string, unknown>> = {}): Configuration =>
  aConfiguration({
    issuers: {
      okta: {
        type: 'oidc',
        issuer: 'https://example.okta.com',
        audience: 'daypass',
        claims: { team: { claim: '/team', type: 'string' }, groups: { claim: '/groups', type: 'list' } },
      },
      acme: aKeyedIssuer,
      globex: aKeyedIssuer,
    },
    integrations: anIntegrationsSection(),
    ...sections,
  });

/** All settings as a manager sends them. */
export const someSettings = (changes: Readonly<Record<string, unknown>> = {}) => ({
  description: "Acme's reports",
  owner: 'partners@example.com',
  roleArn: 'arn:aws:iam::444444444444:role/DaypassReports',
  trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }],
  ...changes,
});

export const aNewIntegrationDocument = (changes: Readonly<Record<string, unknown>> = {}) => ({
  name: 'acme',
  ...someSettings(),
  ...changes,
});

export const aVerification = (changes: Partial<Verification> = {}): Verification => ({
  at: new Date(nowMs).toISOString(),
  version: 1,
  issuanceIds: ['01JGF0000000000000000000AA'],
  result: 'PASSED',
  probes: [
    { kind: 'right-id', wanted: 'accepted', seen: 'accepted' },
    { kind: 'random-id', wanted: 'refused', seen: 'refused', errorCode: 'AccessDenied' },
  ],
  findings: [],
  ...changes,
});

export const aFailedVerification = (
  severity: 'danger' | 'error' = 'danger',
  changes: Partial<Verification> = {},
): Verification =>
  aVerification({
    result: 'FAILED',
    probes: [{ kind: 'random-id', wanted: 'refused', seen: severity === 'danger' ? 'accepted' : 'refused' }],
    findings: [
      {
        code: severity === 'danger' ? 'external-id-not-enforced' : 'role-does-not-trust-the-broker',
        severity,
        message: 'wrong',
        remedy: 'change it',
      },
    ],
    ...changes,
  });

const newExternalId = createNewExternalId((length) => randomBytes(length));

export const newNonce = () => randomBytes(16).toString('base64url');

/** An integration of its own ids, as the table could hold it. */
export const anIntegration = (changes: Partial<Integration> = {}): Integration => ({
  name: 'acme',
  version: 1,
  description: "Acme's reports",
  owner: 'partners@example.com',
  roleArn: 'arn:aws:iam::444444444444:role/DaypassReports',
  trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }],
  duration: { defaultSeconds: 900, maxSeconds: 3600 },
  sessionTags: {},
  setSourceIdentity: true,
  state: 'CREATED',
  externalIds: { current: newExternalId() },
  ...changes,
});

export const anIntegrationVersion = (changes: Partial<Integration> = {}): IntegrationVersion => ({
  integration: anIntegration(changes),
  change: {
    operation: (changes.version ?? 1) === 1 ? 'create' : 'update',
    at: new Date(nowMs).toISOString(),
    principal: { issuer: 'okta', subject: 'mallory.manager' },
    sourceIp: '203.0.113.7',
    gatewayRequestId: 'JKJaXmPLvHcESHA=',
    nonce: newNonce(),
  },
});

export interface MemoryIntegrations extends IntegrationStore, ExternalIdRegister {
  /** Everything that was ever written, in order. */
  readonly versions: readonly IntegrationVersion[];
  readonly reserved: ReadonlyMap<string, string>;
}

/** The store's contract in memory, for tests of many thousand steps. */
export function createMemoryIntegrations(): MemoryIntegrations {
  const versions: IntegrationVersion[] = [];
  const reserved = new Map<string, string>();
  const of = (name: string) =>
    versions
      .filter(({ integration }) => integration.name === name)
      .sort((a, b) => b.integration.version - a.integration.version);
  return {
    versions,
    reserved,
    find: async (name) => of(name)[0],
    append: async (version) => {
      const { name, version: number } = version.integration;
      if (of(name).some(({ integration }) => integration.version === number)) return false;
      versions.push(structuredClone(version));
      return true;
    },
    names: async ({ after = '', limit }) => {
      const all = [...new Set(versions.map(({ integration }) => integration.name))]
        .sort()
        .filter((name) => name > after);
      const names = all.slice(0, limit);
      const next = names.at(-1);
      return { names, ...(all.length > limit && next !== undefined ? { next } : {}) };
    },
    history: async (name, { before = Number.POSITIVE_INFINITY, limit }) =>
      of(name)
        .filter(({ integration }) => integration.version < before)
        .slice(0, limit),
    reserve: async (externalId, integration) => {
      if (reserved.has(externalId)) return false;
      reserved.set(externalId, integration);
      return true;
    },
  };
}

/** The use case over a store; `now` moves a second with each look at it. */
export function manageIntegrations(
  ports: Partial<ManageIntegrationsPorts> & Pick<ManageIntegrationsPorts, 'store' | 'reserve'>,
): ManageIntegrations {
  let ms = nowMs;
  return createManageIntegrations({
    configuration: aManagingConfiguration(),
    now: () => {
      ms += 1000;
      return ms;
    },
    newExternalId,
    newNonce,
    consumeProof: async () => {},
    logger: aRecordingLogger(),
    ...ports,
  });
}
