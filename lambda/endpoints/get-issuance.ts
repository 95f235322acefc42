import type { ReadIssuances } from '../core/read-issuances.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { toIssuanceView } from './issuance-view.ts';

/** `GET /v1/issuances/{id}` */
export const createGetIssuance =
  ({ find }: Pick<ReadIssuances, 'find'>): Endpoint =>
  async ({ principal, origin, pathParameters }) => {
    const { issuance, scope } = await find(principal, origin, pathParameters['id'] ?? '');
    return { status: 200, body: toIssuanceView(issuance, scope) };
  };
