import * as z from 'zod';
import { isProfileName } from '../core/configuration-schema.ts';
import { issuanceStates } from '../core/issuance.ts';
import type { ReadIssuances } from '../core/read-issuances.ts';
import { toSourceIdentity } from '../core/source-identity.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parameter, parseRequest, strictObject } from '../http/parse-request.ts';
import { toIssuanceView } from './issuance-view.ts';

const principalAllowed = '<issuer>.<subject>, or a sourceIdentity as CloudTrail shows it';

/** `okta.alice@example.com`, or the hashed form that a source identity may have: both are the index's key. */
const principal = z
  .string()
  .regex(/^[a-z][a-z0-9-]*[.=].{1,1024}$/u, { error: principalAllowed })
  .transform((text) => {
    const [, issuer = '', separator, subject = ''] = /^([^.=]+)([.=])(.*)$/su.exec(text) ?? [];
    return separator === '=' ? text : toSourceIdentity({ issuer, subject });
  });

const instantAllowed = 'an ISO 8601 instant such as 2026-11-21T08:00:00Z, or a day such as 2026-11-21';

const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/, {
    error: instantAllowed,
    abort: true,
  })
  .refine((text) => isDay(text.slice(0, 10)), { error: instantAllowed })
  .transform((text) => Date.parse(text))
  .refine((ms) => Number.isFinite(ms), { error: instantAllowed });

/** `Date.parse` reads February 30 as March 2. */
function isDay(day: string): boolean {
  const ms = Date.parse(day);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day);
}

const limitAllowed = 'an integer, 1–100';

const query = strictObject({
  principal: parameter(principal),
  profile: parameter(z.string().refine(isProfileName, { error: 'a profile name' })),
  state: parameter(z.enum(issuanceStates, { error: issuanceStates.join(', ') })),
  accessKeyId: parameter(
    z.string().regex(/^[A-Z0-9]{16,128}$/, { error: 'an access key id such as ASIAIOSFODNN7EXAMPLE' }),
  ),
  from: parameter(instant),
  to: parameter(instant),
  limit: parameter(
    z
      .string()
      .regex(/^([1-9][0-9]?|100)$/, { error: limitAllowed })
      .transform(Number),
  ),
  cursor: parameter(z.string().regex(/^[\w-]{1,128}$/, { error: 'the nextCursor of an answer' })),
});

const defaultLimit = 25;

/** `GET /v1/issuances?principal=&profile=&state=&accessKeyId=&from=&to=&limit=&cursor=`: newest first. */
export const createListIssuances =
  ({ list }: ReadIssuances): Endpoint =>
  async (request) => {
    const {
      limit = defaultLimit,
      cursor,
      from,
      to,
      principal: principalId,
      ...rest
    } = parseRequest('query', query, request.query);
    const filters = {
      ...rest,
      ...(principalId === undefined ? {} : { principalId }),
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
    };
    const page = { limit, ...(cursor === undefined ? {} : { cursor }) };

    const { issuances, scope, nextCursor } = await list(request.principal, request.origin, filters, page);

    return {
      status: 200,
      body: {
        issuances: issuances.map((issuance) => toIssuanceView(issuance, scope)),
        scope,
        ...(nextCursor === undefined ? {} : { nextCursor }),
      },
    };
  };
