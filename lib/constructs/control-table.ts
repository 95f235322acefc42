import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { controlTable } from '../../lambda/adapters/control-table.ts';
import { placeKeptTable, placeTableKey, type TablePlaceProps } from './table-place.ts';

/**
 * What is suspended, and what was revoked. Outlives the stack: without it everything that is suspended would be issued
 * again.
 */
export class ControlTable extends Construct {
  readonly table: ITableV2;
  /** Where one was given; of a copy always, because the primary region's stack may have been given one. */
  readonly key: IKey | undefined;

  constructor(scope: Construct, id: string, place: TablePlaceProps = {}) {
    super(scope, id);
    // Each request that issues reads it: a key of our own would be one more thing that can stop issuing, and guard no secret.
    const isEncrypted = place.encryptionKey !== undefined || place.existing !== undefined;
    this.key = isEncrypted ? placeTableKey(this, place, 'Daypass: the control table') : undefined;
    this.table = placeKeptTable(this, place, { key: this.key, schema: controlTable });
  }
}
