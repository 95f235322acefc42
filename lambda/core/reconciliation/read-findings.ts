import type { Configuration } from '../configuration.ts';
import { decideTrust } from '../decide-issuance.ts';
import { FindingNotFoundError } from '../errors.ts';
import { requireListedSpan, toListedSpan } from '../listed-span.ts';
import { fromCursor, toCursor } from '../page-cursor.ts';
import type { Principal, RequestOrigin } from '../principal.ts';
import { toRequestContext } from '../request-context.ts';
import type { Finding } from './finding.ts';
import { type FindingQuery, type FindingReader, isFindingId, isFindingPlace } from './finding-ports.ts';

/** What a caller filters by. Absent filters match everything. */
export type FindingFilters = Pick<FindingQuery, 'kind' | 'state' | 'severity'> &
  Partial<Pick<FindingQuery, 'fromMs' | 'toMs'>>;

export interface FindingListing {
  readonly findings: readonly Finding[];
  /** The span that was looked at, in epoch milliseconds: `fromMs` inclusive, `toMs` exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Give it back with the same filters; `undefined` at the end. */
  readonly nextCursor?: string;
}

/** For whom the configuration's `audit` section trusts; to everybody else there are none. */
export interface ReadFindings {
  /** @throws FindingNotFoundError for one that the caller may not see just as for none */
  find(principal: Principal, origin: RequestOrigin, id: string): Promise<Finding>;
  /** @throws FindingNotFoundError for whom the audit section does not trust, InvalidRequestError for a cursor of other filters */
  list(
    principal: Principal,
    origin: RequestOrigin,
    filters: FindingFilters,
    page: { readonly cursor?: string; readonly limit: number },
  ): Promise<FindingListing>;
}

const defaultDays = 30;

export function createReadFindings(ports: {
  readonly configuration: Configuration;
  readonly findings: FindingReader;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): ReadFindings {
  const { configuration, findings, now } = ports;

  const requireTrust = (principal: Principal, origin: RequestOrigin): void => {
    const context = toRequestContext(principal, origin, now());
    if (decideTrust(configuration.audit.trust, principal, context).effect === 'Allow') return;
    throw toNotFound();
  };

  return {
    find: async (principal, origin, id) => {
      requireTrust(principal, origin);
      const finding = isFindingId(id) ? await findings.find(id) : undefined;
      if (finding === undefined) throw toNotFound();
      return finding;
    },

    list: async (principal, origin, filters, { cursor, limit }) => {
      requireTrust(principal, origin);
      const { audit } = configuration;
      // Days are looked through one by one, so that without `from` the last ones are, and the answer says so.
      const span = requireListedSpan(toListedSpan(filters, { nowMs: now(), audit, defaultDays }), audit);
      const before = cursor === undefined ? undefined : fromCursor(cursor, filters, isFindingPlace);
      const page = await findings.page({
        ...{ ...filters, ...span, limit },
        ...(before === undefined ? {} : { before }),
      });
      return {
        findings: page.findings,
        ...span,
        ...(page.next === undefined ? {} : { nextCursor: toCursor(page.next, filters) }),
      };
    },
  };
}

const toNotFound = () =>
  new FindingNotFoundError(
    'no finding that you may see; findings are for whom the audit section of the configuration trusts',
  );
