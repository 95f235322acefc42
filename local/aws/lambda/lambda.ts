import type { Faults } from '../../faults.ts';
import type { World } from '../../world.ts';
import type { Authenticate } from '../authenticate.ts';
import { AwsError } from '../aws-error.ts';
import { decideCall, toFullDeniedMessage } from '../decide-call.ts';
import { type Answer, type AwsRequest, header, type Outcome } from '../exchange.ts';
import { meetFault } from '../fault-outcome.ts';
import { jsonCodes } from '../json-error.ts';

/**
 * Calls a deployed function and waits for its answer. `undefined` when there is none of this name and qualifier; rejects when the
 * handler threw, with what Lambda says of it in `errorType` and `errorMessage`, or when its process ended.
 */
export type InvokeByName = (
  functionName: string,
  event: unknown,
  /** An alias or a version; absent: none was named. */
  qualifier?: string,
) => Promise<Invoked | undefined>;

export interface Invoked {
  readonly result: unknown;
}

export interface LambdaOptions {
  readonly world: World;
  readonly authenticate: Authenticate;
  readonly faults: Faults;
  readonly now: () => number;
  readonly closing: AbortSignal;
  readonly invoke: InvokeByName;
}

/** Bytes of an event, and of an answer. Source: Lambda guide, "Lambda quotas", synchronous invocation. */
const maxPayloadBytes = 6 * 1024 * 1024;

const invocationPath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/**
 * Lambda's Invoke, for the functions of the broker: authenticate, meet a fault, authorize, run, answer. No function's
 * own policy lets an identity in here: those of the stack name services alone, so that the caller's policies decide,
 * and other accounts stay out.
 */
export function createLambda(options: LambdaOptions): (request: AwsRequest) => Promise<Outcome> {
  const { world, authenticate, faults, closing } = options;
  return async (request) => {
    try {
      const authentication = authenticate(request, { service: 'lambda', regions: [world.region] });
      const target = toTarget(request, { ...authentication, accountId: authentication.caller.accountId });
      const call = { ...authentication, sourceIp: request.sourceIp, nowMs: options.now() };
      return await meetFault(faults.take('lambda', 'Invoke'), {
        process: async () => {
          try {
            const access = { action: 'lambda:InvokeFunction', resource: target.arn };
            const outcome = decideCall(call, { ...access, resourceAccountId: target.accountId });
            if (outcome.effect !== 'Allow')
              throw new AwsError(
                'AccessDeniedException',
                403,
                toFullDeniedMessage(call, { ...access, outcome }),
              );
            return await invoke(request, target, options.invoke);
          } catch (error) {
            return toErrorAnswer(error, request.requestId);
          }
        },
        refuse: (kind) => toErrorAnswer(toFault(kind), request.requestId),
        garbage: '{"state":',
        contentType,
        closing,
      });
    } catch (error) {
      return { kind: 'answer', answer: toErrorAnswer(error, request.requestId) };
    }
  };
}

interface Target {
  readonly name: string;
  readonly accountId: string;
  readonly qualifier?: string;
  /** With the qualifier: whoever may invoke an alias may not invoke the function without it, and the other way round. */
  readonly arn: string;
}

/** A function is named by its name, its ARN or the part of it behind the region, an alias of its behind that or in the query. */
function toTarget(
  { method, path, query }: AwsRequest,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): Target {
  const [, encoded] = invocationPath.exec(path) ?? [];
  const parameters = [...new URLSearchParams(query)];
  if (method !== 'POST' || encoded === undefined || parameters.some(([key]) => key !== 'Qualifier'))
    throw new AwsError('NotImplemented', 501, 'The embedded Lambda has Invoke, and nothing else');
  const named = decode(encoded);
  const parts = functionPattern.exec(named);
  const [, namedRegion = region, namedAccount = accountId, name, ofName] = parts ?? [];
  if (name === undefined)
    throw new AwsError('ValidationException', 400, `${named.slice(0, 140)} is not a function's name or ARN`);
  const qualifiers = [...(ofName === undefined ? [] : [ofName]), ...parameters.map(([, value]) => value)];
  const [qualifier] = qualifiers;
  const unqualified = `arn:aws:lambda:${namedRegion}:${namedAccount}:function:${name}`;
  if (qualifier === undefined) return { name, accountId: namedAccount, arn: unqualified };
  if (!qualifierPattern.test(qualifier))
    throw new AwsError('ValidationException', 400, `${qualifier.slice(0, 140)} is not a qualifier`);
  if (new Set(qualifiers).size > 1)
    throw new AwsError(
      'InvalidParameterValueException',
      400,
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  return { name, qualifier, accountId: namedAccount, arn: `${unqualified}:${qualifier}` };
}

const functionPattern =
  /^(?:arn:aws:lambda:([\w-]+):)?(?:(\d{12}):function:|function:)?([\w-]{1,64})(?::(\$LATEST|[\w-]+))?$/;

const qualifierPattern = /^(?:\$LATEST|[\w-]{1,128})$/;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Only the synchronous kind: nobody here waits for another. */
async function invoke(
  request: AwsRequest,
  { name, qualifier, arn }: Target,
  byName: InvokeByName,
): Promise<Answer> {
  const kind = header(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  if (kind !== 'RequestResponse')
    throw new AwsError(
      'InvalidParameterValueException',
      400,
      `invocation type ${kind.slice(0, 32)} is not built`,
    );
  if (request.body.length > maxPayloadBytes)
    throw new AwsError('RequestTooLargeException', 413, `${request.body.length} byte payload is too large`);
  const event = parseEvent(request.body);
  try {
    const invoked = await byName(name, event, qualifier);
    if (invoked === undefined)
      throw new AwsError('ResourceNotFoundException', 404, `Function not found: ${arn}`);
    return toAnswer(request, JSON.stringify(invoked.result ?? null));
  } catch (error) {
    if (error instanceof AwsError) throw error;
    return {
      ...toAnswer(request, JSON.stringify(toFunctionError(error)), { 'x-amz-function-error': 'Unhandled' }),
    };
  }
}

function parseEvent(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('InvalidRequestContentException', 400, 'Could not parse request body into json');
  }
}

/** As the runtime reports what a handler threw; without the trace, which is in the function's log. */
function toFunctionError(error: unknown): object {
  const {
    errorType = 'Error',
    errorMessage,
    message = '',
  } = Object(error) as Record<string, string | undefined>;
  return { errorType, errorMessage: errorMessage ?? message, trace: [] };
}

const contentType = 'application/json';

const toAnswer = (
  { requestId }: AwsRequest,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  // 200 for a function that failed as well: the header tells.
  status: 200,
  headers: {
    'content-type': contentType,
    'x-amzn-requestid': requestId,
    'x-amz-executed-version': '$LATEST',
    ...headers,
  },
  body,
});

/** Lambda's protocol names the error in a header. What comes before the service has the JSON protocols' names. */
function toErrorAnswer(error: unknown, requestId: string): Answer {
  if (!(error instanceof AwsError)) throw error;
  const { code, status, message } = error;
  return {
    status,
    headers: {
      'content-type': contentType,
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': jsonCodes[code] ?? code,
    },
    body: JSON.stringify({ Type: status < 500 ? 'User' : 'Service', Message: message, message }),
  };
}

function toFault(kind: string): AwsError {
  if (kind === 'throttle') return new AwsError('TooManyRequestsException', 429, 'Rate Exceeded.');
  if (kind === 'accessdenied')
    return new AwsError(
      'AccessDeniedException',
      403,
      'User is not authorized to perform: lambda:InvokeFunction',
    );
  return new AwsError('ServiceException', 500, 'An error occurred and the request cannot be processed.');
}
