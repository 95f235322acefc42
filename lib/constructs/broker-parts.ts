import type { ControlTable } from './control-table.ts';
import type { EventPublishing } from './event-publishing.ts';
import type { FederatorUser } from './federator-user.ts';
import type { FindingTable } from './finding-table.ts';
import type { IntegrationTable } from './integration-table.ts';
import type { IssuanceTable } from './issuance-table.ts';
import type { ProofTable } from './proof-table.ts';
import type { QuotaTable } from './quota-table.ts';
import type { TokenKey } from './token-key.ts';
import type { Trail } from './trail.ts';
import type { TrailQueue } from './trail-queue.ts';
import type { WebIdentityKeys } from './web-identity-keys.ts';
import type { WitnessTable } from './witness-table.ts';

/** What the functions work with: their permissions and their environment name it. */
export interface BrokerParts {
  readonly issuances: IssuanceTable;
  readonly proofs: ProofTable;
  readonly controls: ControlTable;
  readonly quotas: QuotaTable;
  readonly tokenKey: TokenKey;
  readonly webIdentityKeys: WebIdentityKeys;
  /** There where a profile has the mechanism `federation-token`. */
  readonly federator?: FederatorUser;
  /** There where the configuration has third parties. */
  readonly integrations?: IntegrationTable;
  readonly findings: FindingTable;
  readonly witnesses: WitnessTable;
  /** There where the configuration names no existing one. */
  readonly trail?: Trail;
  /** Where the trail's new objects are told. */
  readonly trailQueue: TrailQueue;
  readonly publishing: EventPublishing;
}
