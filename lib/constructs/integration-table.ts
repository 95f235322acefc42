import { AttributeType, type ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { integrationTable } from '../../lambda/adapters/integration-table.ts';
import { placeKeptTable, placeTableKey, type TablePlaceProps } from './table-place.ts';

/**
 * The third parties: every version of every integration, and every ExternalId ever taken. Outlives the stack, as does
 * the key that it needs: without it, ids could be given again.
 */
export class IntegrationTable extends Construct {
  readonly table: ITableV2;
  readonly key: IKey;

  constructor(scope: Construct, id: string, place: TablePlaceProps = {}) {
    super(scope, id);
    this.key = placeTableKey(this, place, 'Daypass: the integration table');
    // No time to live: a version that expired would make its name and its ids free.
    const { key } = this;
    this.table = placeKeptTable(this, place, {
      key,
      schema: integrationTable,
      sortKeyType: AttributeType.NUMBER,
    });
  }
}
