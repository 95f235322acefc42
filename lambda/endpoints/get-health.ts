import type { OpenEndpoint } from '../http/endpoint.ts';

/** `GET /v1/health`: API Gateway and this function answer. It asks nobody else, so that strangers cause no work. */
export const createGetHealth = (): OpenEndpoint => async () => ({ status: 200, body: { status: 'ok' } });
