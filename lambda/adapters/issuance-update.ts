import { isDeepStrictEqual } from 'node:util';
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { IssuanceItem } from './issuance-item.ts';
import { issuanceTable } from './issuance-table.ts';

/** A conditional write: what it sets, and the row that it takes for granted. */
export interface RowUpdate {
  readonly id: string;
  readonly sets: IssuanceItem;
  /** Leaves the index `open`. */
  readonly closes: boolean;
  readonly conditions: readonly RowCondition[];
}

/** That an attribute has this value, or that there is none. */
export interface RowCondition {
  readonly path: readonly string[];
  readonly value?: string;
}

const openKey = issuanceTable.indexes.open.partitionKey;

/** Answers with the whole row as it then is. */
export function toUpdateCommand(
  TableName: string,
  { id, sets, closes, conditions }: RowUpdate,
): UpdateItemCommand {
  const names: Record<string, string> = { '#key': issuanceTable.partitionKey };
  const values: Record<string, IssuanceItem[string]> = {};
  const toName = (name: string): string => {
    names[`#${name}`] = name;
    return `#${name}`;
  };
  const toValue = (key: string, value: IssuanceItem[string]): string => {
    values[`:${key}`] = value;
    return `:${key}`;
  };
  const assignments = Object.entries(sets).map(
    ([name, value]) => `${toName(name)} = ${toValue(`new_${name}`, value)}`,
  );
  const wanted = conditions.map(({ path, value }, index) => {
    const named = path.map(toName).join('.');
    return value === undefined
      ? `attribute_not_exists(${named})`
      : `${named} = ${toValue(`seen_${index}`, { S: value })}`;
  });
  return new UpdateItemCommand({
    TableName,
    Key: { [issuanceTable.partitionKey]: { S: id } },
    UpdateExpression: [
      ...(assignments.length === 0 ? [] : [`SET ${assignments.join(', ')}`]),
      ...(closes ? [`REMOVE ${toName(openKey)}`] : []),
    ].join(' '),
    // An update of a row that is gone would make one of its key alone.
    ConditionExpression: ['attribute_exists(#key)', ...wanted].join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ReturnValues: 'ALL_NEW',
  });
}

/** Whether an item has all that the update sets, and is out of the index if it should be. */
export const holdsUpdate = (item: IssuanceItem | undefined, { sets, closes }: RowUpdate): boolean =>
  item !== undefined &&
  Object.entries(sets).every(([name, value]) => isDeepStrictEqual(item[name], value)) &&
  !(closes && item[openKey] !== undefined);
