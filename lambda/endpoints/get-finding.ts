import type { ReadFindings } from '../core/reconciliation/read-findings.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { toFindingView } from './finding-view.ts';

/** `GET /v1/findings/{id}` */
export const createGetFinding =
  ({ find }: Pick<ReadFindings, 'find'>): Endpoint =>
  async ({ principal, origin, pathParameters }) => ({
    status: 200,
    body: toFindingView(await find(principal, origin, pathParameters['id'] ?? '')),
  });
