import type { AuditedManaging } from '../core/integrations/audited-managing.ts';
import type { Integration } from '../core/integrations/integration.ts';
import { toSharedCloudFormation } from '../core/integrations/kit-cloudformation.ts';
import type { BrokerPrincipals } from '../core/integrations/kit-trust-policy.ts';
import {
  type OnboardingKit,
  type OnboardingKitContext,
  toOnboardingKit,
} from '../core/integrations/onboarding-kit.ts';
import type { Endpoint, EndpointRequest, EndpointResponse } from '../http/endpoint.ts';
import { type KitFormat, onboardingQuery } from '../http/integration-schemas.ts';
import { parseQuery } from '../http/parse-request.ts';
import { nameOf, toCaller } from './integration-request.ts';

export interface OnboardingOptions extends Omit<OnboardingKitContext, 'nowMs'> {
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** `GET /v1/integrations/{id}/onboarding?format=` */
export const createGetOnboardingKit =
  ({ find }: Pick<AuditedManaging, 'find'>, options: OnboardingOptions): Endpoint =>
  async (request) => {
    const format = readFormat(request);
    const { integration } = await find(toCaller(request), nameOf(request));
    return toResponse(integration, format, options);
  };

/** `GET /v1/integrations/self/onboarding?format=` */
export const createGetOwnOnboardingKit =
  ({ findOwn }: Pick<AuditedManaging, 'findOwn'>, options: OnboardingOptions): Endpoint =>
  async (request) => {
    const format = readFormat(request);
    return toResponse(await findOwn(toCaller(request)), format, options);
  };

const readFormat = ({ query }: EndpointRequest): KitFormat | undefined =>
  parseQuery(onboardingQuery, query).format;

function toResponse(
  integration: Integration,
  format: KitFormat | undefined,
  { now, ...context }: OnboardingOptions,
): EndpointResponse {
  const kit = toOnboardingKit(integration, { ...context, nowMs: now() });
  if (format === undefined) return { status: 200, body: kit };
  const { type, text } = forms[format](kit, context.broker);
  return { status: 200, body: text, headers: { 'Content-Type': type } };
}

/** As a file of its own: what is saved is what is applied. */
const forms: Readonly<
  Record<
    KitFormat,
    (kit: OnboardingKit, broker: BrokerPrincipals) => { readonly type: string; readonly text: string }
  >
> = {
  'trust-policy': ({ trustPolicy }) => ({
    type: 'application/json',
    text: `${JSON.stringify(trustPolicy, undefined, 2)}\n`,
  }),
  // RFC 9512.
  cloudformation: ({ cloudFormation }) => ({ type: 'application/yaml', text: cloudFormation }),
  terraform: ({ terraform }) => ({ type: 'text/plain; charset=utf-8', text: terraform }),
  cli: ({ awsCli }) => ({ type: 'text/plain; charset=utf-8', text: awsCli }),
  'quick-create-template': (_kit, broker) => ({
    type: 'application/yaml',
    text: toSharedCloudFormation(broker),
  }),
  markdown: ({ instructions }) => ({ type: 'text/markdown; charset=utf-8', text: instructions }),
};
