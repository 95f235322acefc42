import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import * as z from 'zod';
import {
  compilePolicy,
  identityPolicyGrammar,
  PolicyError,
} from '../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../lambda/core/policy/evaluate-policy.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import { FunctionError } from '../functions/function-errors.ts';
import { GatewayRefusal } from './gateway-refusal.ts';
import type { AuthorizerContext } from './to-proxy-event.ts';

const authorizerResultSchema = z.object({
  principalId: z.string().min(1),
  policyDocument: z.unknown(),
  // API Gateway refuses objects and lists here, and so a principal travels as a JSON string.
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

type AuthorizerResult = z.output<typeof authorizerResultSchema>;

/**
 * Asks the authorizer about a request, as API Gateway does with an authorizer of type REQUEST whose identity source
 * is the Authorization header and whose results aren't cached.
 *
 * @throws GatewayRefusal for everything but an Allow of this very method
 */
export async function authorizeRequest(
  event: APIGatewayRequestAuthorizerEvent,
  options: {
    readonly invokeAuthorizer: (event: APIGatewayRequestAuthorizerEvent) => Promise<unknown>;
    readonly now: () => number;
  },
): Promise<AuthorizerContext> {
  if (!hasAuthorization(event)) {
    throw new GatewayRefusal('UNAUTHORIZED', 'the identity source, the Authorization header, is missing');
  }
  const startedAt = options.now();
  const result = parseResult(await invoke(event, options.invokeAuthorizer));
  const evaluation = evaluatePolicy([compile(result.policyDocument)], {
    action: 'execute-api:Invoke',
    resource: event.methodArn,
    context: new Map([['aws:sourceip', event.requestContext.identity.sourceIp]]),
  });
  if (evaluation.effect !== 'Allow') {
    throw new GatewayRefusal('ACCESS_DENIED', `the authorizer's policy says ${evaluation.effect}`);
  }
  return toAuthorizerContext(result, options.now() - startedAt);
}

const hasAuthorization = ({ multiValueHeaders }: APIGatewayRequestAuthorizerEvent): boolean =>
  Object.entries(multiValueHeaders ?? {}).some(
    ([name, values]) => name.toLowerCase() === 'authorization' && values?.some((value) => value !== ''),
  );

async function invoke(
  event: APIGatewayRequestAuthorizerEvent,
  invokeAuthorizer: (event: APIGatewayRequestAuthorizerEvent) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await invokeAuthorizer(event);
  } catch (error) {
    if (error instanceof FunctionError && error.errorMessage === 'Unauthorized') {
      throw new GatewayRefusal('UNAUTHORIZED', 'the authorizer says so');
    }
    throw new GatewayRefusal('AUTHORIZER_FAILURE', error instanceof Error ? error.message : String(error));
  }
}

function parseResult(value: unknown): AuthorizerResult {
  const parsed = authorizerResultSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new GatewayRefusal('AUTHORIZER_CONFIGURATION_ERROR', problems.join('; '));
}

function compile(policyDocument: unknown): Policy {
  try {
    return compilePolicy(policyDocument, identityPolicyGrammar);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new GatewayRefusal('AUTHORIZER_CONFIGURATION_ERROR', error.message);
  }
}

function toAuthorizerContext(
  { context, principalId }: AuthorizerResult,
  integrationLatency: number,
): AuthorizerContext {
  const stringified = Object.entries(context ?? {}).map(([name, value]) => [name, String(value)]);
  return { ...Object.fromEntries(stringified), principalId, integrationLatency };
}
