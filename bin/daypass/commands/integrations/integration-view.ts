import type * as z from 'zod';
import type { integrationAnswer, ownIntegrationAnswer } from '../../../../lambda/http/integration-schemas.ts';
import type { BrokerAnswer } from '../../../../lib/client/broker-client.ts';
import { fromAnswer, readJson } from '../../../../lib/client/read-json.ts';
import { toDistanceText, toInstantText } from '../../instant-text.ts';
import { toPrintableJson } from '../../printable.ts';
import { type Fact, renderFacts } from '../../render-facts.ts';
import type { Terminal } from '../../terminal.ts';

/** As a manager sees it. */
export type ManagedIntegration = z.output<typeof integrationAnswer>;
/** Either way: the third party asks for its own as `self`. */
export type IntegrationView = ManagedIntegration | z.output<typeof ownIntegrationAnswer>;

/** @throws ClientError */
export const readIntegration = (answer: Pick<BrokerAnswer, 'text'>): IntegrationView =>
  readJson<IntegrationView>(answer, ['name', 'state', 'version', 'duration', 'externalIds']);

/** Prints one integration. */
export function printIntegration(
  integration: IntegrationView,
  { json }: { readonly json?: true },
  terminal: Terminal,
): void {
  terminal.print(
    json
      ? `${toPrintableJson(integration, 2)}\n`
      : fromAnswer(() => renderFacts(toFacts(integration, terminal.now()), terminal)),
  );
}

function toFacts(integration: IntegrationView, nowMs: number): readonly Fact[] {
  const { duration, externalIds, jwks } = integration;
  return [
    ['name', integration.name],
    ['state', integration.state],
    ['version', integration.version],
    ['description', integration.description],
    ['owner', integration.owner],
    ['access by', integration.requestAccessUrl],
    ['role', integration.roleArn],
    ['ExternalId', externalIds.current],
    ['next ExternalId', externalIds.next],
    ...(externalIds.previous ?? []).map(
      ({ value, acceptedUntil }): Fact => [
        'previous ExternalId',
        `${value}, may be accepted until ${toInstantText(acceptedUntil)}`,
      ],
    ),
    ['duration', `${duration.defaultSeconds} s, at most ${duration.maxSeconds} s`],
    ['source identity', integration.setSourceIdentity ? 'is set' : 'is not set'],
    ['session tags', toTags(integration)],
    ['session policy', toJson('sessionPolicy' in integration && integration.sessionPolicy)],
    ['trust', toJson('trust' in integration && integration.trust)],
    ['keys', jwks?.keys.map(({ kid }) => String(kid)).join(', ')],
    ...toVerificationFacts(integration, nowMs),
    ['suspended', toSuspension(integration)],
  ];
}

const toJson = (value: unknown): string | undefined => (value ? JSON.stringify(value) : undefined);

function toTags(integration: IntegrationView): string {
  if ('sessionTagKeys' in integration) return integration.sessionTagKeys.join(', ');
  return Object.entries(integration.sessionTags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

function toVerificationFacts({ provenAt, verification }: IntegrationView, nowMs: number): readonly Fact[] {
  const proven = provenAt && `${toInstantText(provenAt)} (${toDistanceText(Date.parse(provenAt), nowMs)})`;
  return [
    ['proven', proven],
    ['last look', verification && `${verification.result}, ${toInstantText(verification.at)}`],
    ...(verification?.findings ?? []).map(
      ({ severity, code, message }): Fact => ['finding', `${severity}, ${code}: ${message}`],
    ),
  ];
}

function toSuspension({ suspension }: IntegrationView): string | undefined {
  if (suspension === undefined) return undefined;
  const by = 'by' in suspension ? `, by ${suspension.by}` : '';
  return `${toInstantText(suspension.at)}${by}: ${suspension.reason}`;
}
