import { controlTable } from '../lambda/adapters/control-table.ts';
import { findingTable } from '../lambda/adapters/finding-table.ts';
import { integrationTable } from '../lambda/adapters/integration-table.ts';
import { issuanceTable } from '../lambda/adapters/issuance-table.ts';
import type { TableStreamsOptions } from './aws/dynamodb/table-streams.ts';
import type { TableNames } from './create-tables.ts';
import type { Functions } from './functions/start-functions.ts';

/** Hands changes of the tables over to the function that tells of them, as the stack's event source mappings do. */
export function publishChanges(
  tableNames: TableNames,
  { functions, log }: { readonly functions: Pick<Functions, 'invoke'>; readonly log: (line: string) => void },
): TableStreamsOptions {
  return {
    tables: {
      [tableNames.issuances]: [issuanceTable.partitionKey],
      [tableNames.findings]: [findingTable.partitionKey],
      ...(tableNames.controls === undefined ? {} : { [tableNames.controls]: [controlTable.partitionKey] }),
      ...(tableNames.integrations === undefined
        ? {}
        : { [tableNames.integrations]: [integrationTable.partitionKey, integrationTable.sortKey] }),
    },
    deliver: async (record) => {
      try {
        const answer = await functions.invoke('publisher', { Records: [record] });
        const { batchItemFailures = [] } = Object(answer) as {
          readonly batchItemFailures?: readonly unknown[];
        };
        if (batchItemFailures.length > 0) log('an event was not published; in AWS it would be tried again');
      } catch (error) {
        log(`an event was not published: ${error}`);
      }
    },
  };
}
