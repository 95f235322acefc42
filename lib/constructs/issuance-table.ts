import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { issuanceTable } from '../../lambda/adapters/issuance-table.ts';
import { placeKeptTable, placeTableKey, type TablePlaceProps } from './table-place.ts';

/** The audit's rows: every attempt, before and after. Outlives the stack, as does the key that it needs. */
export class IssuanceTable extends Construct {
  readonly table: ITableV2;
  readonly key: IKey;

  constructor(scope: Construct, id: string, place: TablePlaceProps = {}) {
    super(scope, id);
    this.key = placeTableKey(this, place, 'Daypass: the issuance table');
    this.table = placeKeptTable(this, place, { key: this.key, schema: issuanceTable });
  }
}
