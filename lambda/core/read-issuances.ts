import { decodeTime, encodeTime } from 'ulid';
import type { Configuration } from './configuration.ts';
import { decideTrust } from './decide-issuance.ts';
import { InvalidRequestError, IssuanceNotFoundError } from './errors.ts';
import { type Issuance, type IssuanceState, isIssuanceId } from './issuance.ts';
import { type ListedSpan, requireListedSpan, toListedSpan } from './listed-span.ts';
import { fromCursor, toCursor } from './page-cursor.ts';
import type { IssuancePage, IssuanceReader } from './ports.ts';
import type { Principal, RequestOrigin } from './principal.ts';
import { toRequestContext } from './request-context.ts';
import { toSourceIdentity } from './source-identity.ts';

/** What a caller filters by. Absent filters match everything. */
export interface IssuanceFilters {
  /** The principal's key, see `toSourceIdentity`. */
  readonly principalId?: string;
  readonly accessKeyId?: string;
  readonly profile?: string;
  /** Name of the integration whose role it is about. */
  readonly integration?: string;
  readonly state?: IssuanceState;
  /** One of these. */
  readonly states?: readonly IssuanceState[];
  /** Epoch milliseconds, inclusive. */
  readonly fromMs?: number;
  /** Epoch milliseconds, exclusive. */
  readonly toMs?: number;
}

export interface IssuanceListing {
  readonly issuances: readonly Issuance[];
  /** Whether everybody's issuances were looked at, or the caller's own. */
  readonly scope: 'all' | 'own';
  /** The span that was looked at, in epoch milliseconds: `fromMs` inclusive, `toMs` exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Give it back with the same filters; `undefined` at the end. */
  readonly nextCursor?: string;
}

export interface ReadIssuances {
  /** @throws IssuanceNotFoundError for another's issuance just as for none */
  find(
    principal: Principal,
    origin: RequestOrigin,
    id: string,
  ): Promise<{ issuance: Issuance; scope: 'all' | 'own' }>;
  /** @throws InvalidRequestError for a cursor of other filters */
  list(
    principal: Principal,
    origin: RequestOrigin,
    filters: IssuanceFilters,
    page: ListingPage,
  ): Promise<IssuanceListing>;
  /**
   * The sessions of an integration's role, by whomever: for the integration itself, which the caller has to be. No
   * index has it, so that without `fromMs` the last days are looked through, and pages may be short. Where a page ends
   * says nothing of others' issuances.
   */
  listOfIntegration(
    integration: string,
    span: Pick<IssuanceFilters, 'fromMs' | 'toMs'>,
    page: ListingPage,
  ): Promise<IssuanceListing>;
}

interface ListingPage {
  readonly cursor?: string;
  readonly limit: number;
}

/** Reads the audit: all of it for whom the configuration's `audit` section trusts, their own for everybody else. */
export function createReadIssuances(ports: {
  readonly configuration: Configuration;
  readonly issuances: IssuanceReader;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): ReadIssuances {
  const { configuration, issuances, now } = ports;

  const look = async (
    filters: IssuanceFilters,
    { cursor, limit }: ListingPage,
    scope: IssuanceListing['scope'],
    toNext: (page: IssuancePage, newest: string) => string | undefined = ({ next }) => next,
  ): Promise<IssuanceListing> => {
    const span = requireListedSpan(toSpan(filters, now(), configuration), configuration.audit);
    const before = cursor === undefined ? undefined : fromCursor(cursor, filters, isIssuanceId);
    const page = await issuances.page({
      ...{ ...filters, ...span, limit },
      ...(before === undefined ? {} : { before }),
    });
    const next = toNext(page, before ?? toLowestId(span.toMs));
    return {
      issuances: page.issuances,
      scope,
      ...span,
      ...(next === undefined ? {} : { nextCursor: toCursor(next, filters) }),
    };
  };

  const toScope = (principal: Principal, origin: RequestOrigin): 'all' | 'own' => {
    const context = toRequestContext(principal, origin, now());
    return decideTrust(configuration.audit.trust, principal, context).effect === 'Allow' ? 'all' : 'own';
  };

  return {
    find: async (principal, origin, id) => {
      const issuance = isIssuanceId(id) ? await issuances.find(id) : undefined;
      const scope = toScope(principal, origin);
      if (
        issuance === undefined ||
        (scope === 'own' && toSourceIdentity(issuance.principal) !== toSourceIdentity(principal))
      ) {
        throw new IssuanceNotFoundError(
          'no issuance with this id that you may see; an id is 26 characters, as the answer or the session name shows it',
        );
      }
      return { issuance, scope };
    },

    list: async (principal, origin, filters, page) => {
      const scope = toScope(principal, origin);
      const own = toSourceIdentity(principal);
      const scoped = scope === 'own' ? { ...filters, principalId: own } : filters;
      if (scope === 'own' && ![undefined, own].includes(filters.principalId))
        return { issuances: [], scope, ...toSpan(scoped, now(), configuration) };
      // Their keys are in one index for everybody: where a page ends would tell the ids of others.
      if (scope === 'own' && filters.state === 'PENDING') {
        requireListedSpan(toSpan(scoped, now(), configuration), configuration.audit);
        throw new InvalidRequestError(
          'state PENDING is listed for whom the audit section trusts; your own pending issuance is found by its id',
        );
      }
      return look(scoped, page, scope);
    },

    listOfIntegration: (integration, span, page) =>
      look({ ...span, integration, states: sessionStates }, page, 'own', toOwnPlace),
  };
}

/** Those that the role's own CloudTrail shows, or may show. */
const sessionStates = ['ISSUED', 'UNKNOWN'] as const;

/** Milliseconds: an hour, and less where so much happens that a page does not get through one. */
const boundariesMs = [3_600_000, 60_000, 1000, 1];

/**
 * Where a page goes on of which only some rows are the reader's to know: after its last row, or, without any, at a round
 * time after the row that was looked at last.
 *
 * @param newest where this page began: the next one begins earlier, so that pages end
 */
function toOwnPlace({ issuances, next }: IssuancePage, newest: string): string | undefined {
  if (next === undefined) return undefined;
  const places = boundariesMs.map((ms) => toLowestId((Math.floor(decodeTime(next) / ms) + 1) * ms));
  return issuances.at(-1)?.id ?? places.find((place) => place < newest) ?? next;
}

/** ULIDs sort by time. */
const toLowestId = (ms: number) => `${encodeTime(Math.max(0, Math.floor(ms)), 10)}${'0'.repeat(16)}`;

/**
 * What is looked at. A principal's, a key's and the pending issuances are found at once wherever they are; all others
 * are found day by day, so that without `from` the last days are looked through and the answer says so.
 */
function toSpan(filters: IssuanceFilters, nowMs: number, { audit }: Configuration): ListedSpan {
  const { principalId, accessKeyId, state } = filters;
  const isIndexed = principalId !== undefined || accessKeyId !== undefined || state === 'PENDING';
  return toListedSpan(filters, { nowMs, audit, defaultDays: isIndexed ? undefined : daysLookedThrough });
}

const daysLookedThrough = 7;
