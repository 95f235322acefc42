import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import type { Caller } from '../caller.ts';
import { decideCall, toFullDeniedMessage } from '../decide-call.ts';

export interface DynamoDbCall {
  readonly caller: Caller;
  readonly region: string;
  readonly sourceIp: string;
  readonly nowMs: number;
  readonly operation: string;
  /** The parsed body; `undefined` when it's no JSON. */
  readonly input: unknown;
}

/**
 * Lets a call through when the caller's policies allow it on every table, or index, that it names. DynamoDB's own
 * condition keys (LeadingKeys, Attributes, …) are not in the context.
 * @throws AwsError AccessDeniedException
 */
export function authorizeDynamoDb(call: DynamoDbCall): void {
  const { operation } = call;
  const action = `dynamodb:${operation}`;
  for (const resource of toResources(call)) {
    const outcome = decideCall(call, { action, resource });
    if (outcome.effect === 'Allow') continue;
    throw new AwsError(
      'AccessDeniedException',
      400,
      toFullDeniedMessage(call, { action, resource, outcome }),
    );
  }
}

const inputSchema = z.looseObject({
  TableName: z.string().optional().catch(undefined),
  IndexName: z.string().optional().catch(undefined),
  ResourceArn: z.string().optional().catch(undefined),
  RequestItems: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** What can't be understood is asked for as `*`, which only a policy for all tables allows. */
function toResources({ operation, input, caller, region }: DynamoDbCall): readonly string[] {
  const { TableName, IndexName, ResourceArn, RequestItems } = inputSchema.catch({}).parse(input);
  const toTable = (name: string) =>
    name.startsWith('arn:') ? name : `arn:aws:dynamodb:${region}:${caller.accountId}:table/${name}`;
  if (operation.startsWith('Batch') && RequestItems !== undefined) {
    const tables = Object.keys(RequestItems).map(toTable);
    return tables.length === 0 ? ['*'] : tables;
  }
  if (ResourceArn !== undefined) return [ResourceArn];
  if (TableName === undefined) return ['*'];
  const table = toTable(TableName);
  const onIndex = IndexName !== undefined && (operation === 'Query' || operation === 'Scan');
  return [onIndex ? `${table}/index/${IndexName}` : table];
}
