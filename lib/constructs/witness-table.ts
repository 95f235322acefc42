import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, type ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { witnessTable } from '../../lambda/adapters/witness-table.ts';
import { placeTable, type TablePlaceProps } from './table-place.ts';

/** Who else saw an issuance. It goes with the stack: the access log and the trail, which it is made from, stay. */
export class WitnessTable extends Construct {
  readonly table: ITableV2;

  constructor(scope: Construct, id: string, place: TablePlaceProps = {}) {
    super(scope, id);
    this.table = placeTable(this, place, {
      partitionKey: { name: witnessTable.partitionKey, type: AttributeType.STRING },
      timeToLiveAttribute: witnessTable.timeToLiveAttribute,
      billing: Billing.onDemand(),
      // Copies for three days of what is encrypted with keys of our own where it comes from.
      key: undefined,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
