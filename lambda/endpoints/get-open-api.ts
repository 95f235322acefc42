import type { OpenEndpoint } from '../http/endpoint.ts';

/** `GET /openapi.json`: the document that was made from the route table when this was deployed. */
export const createGetOpenApi =
  (document: unknown): OpenEndpoint =>
  async () => ({ status: 200, body: document });
