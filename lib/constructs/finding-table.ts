import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { findingTable } from '../../lambda/adapters/finding-table.ts';
import { placeKeptTable, placeTableKey, type TablePlaceProps } from './table-place.ts';

/** What the reconciliation found. Outlives the stack, as does the key that it needs: it may be evidence. */
export class FindingTable extends Construct {
  readonly table: ITableV2;
  readonly key: IKey;

  constructor(scope: Construct, id: string, place: TablePlaceProps = {}) {
    super(scope, id);
    this.key = placeTableKey(this, place, 'Daypass: the finding table');
    this.table = placeKeptTable(this, place, { key: this.key, schema: findingTable });
  }
}
