import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { toRevocationItem, toSuspensionItem } from '../../../lambda/adapters/control-item.ts';
import { toItem as toFindingItem } from '../../../lambda/adapters/finding-item.ts';
import { toItem as toIntegrationItem } from '../../../lambda/adapters/integration-item.ts';
import { toItem as toIssuanceItem } from '../../../lambda/adapters/issuance-item.ts';
import { toRowChanges } from '../../../lambda/adapters/stream-records.ts';
import type { BrokerEvent } from '../../../lambda/core/publishing/event-schemas.ts';
import { type PublishedTable, publishedTables } from '../../../lambda/core/publishing/row-change.ts';
import { toEvent } from '../../../lambda/core/publishing/to-event.ts';
import type { Finding } from '../../../lambda/core/reconciliation/finding.ts';
import { aRevocation } from '../../support/a-revocation.ts';
import { aSuspension } from '../../support/a-suspension.ts';
import { aDenial, anIntent, hops, outcomes } from '../../support/an-issuance.ts';
import { anIntegrationVersion } from '../../support/managing-integrations.ts';
import { aFindingRow } from '../../support/row-changes.ts';

/*
 * What the other adapters write, read as the publisher gets it: an attribute that is renamed in one place and not in
 * the other would be a row of which nobody hears.
 */
const tables = Object.fromEntries(publishedTables.map((table) => [table, table]));

function tellOf(
  table: PublishedTable,
  item: Readonly<Record<string, AttributeValue>>,
): BrokerEvent | undefined {
  const [change] = toRowChanges(
    {
      Records: [
        {
          eventName: 'INSERT',
          eventSourceARN: `arn:aws:dynamodb:eu-west-1:111111111111:table/${table}/stream/x`,
          dynamodb: { Keys: {}, NewImage: item, SequenceNumber: '1' },
        },
      ],
    },
    tables,
  );
  return change && toEvent(change, 'prod');
}

type Told = readonly [
  what: string,
  table: PublishedTable,
  item: Readonly<Record<string, AttributeValue>>,
  detailType: string,
];

describe('what the tables hold can be told', () => {
  it.each<Told>([
    ...Object.values(outcomes).map(
      (outcome) =>
        [
          `of an issuance that is ${outcome.state}`,
          'issuances',
          toIssuanceItem({ ...anIntent(), ...outcome, hops, match: 'MATCHED', open: 'UNMATCHED#01' }),
          'Daypass Issuance',
        ] satisfies Told,
    ),
    ['of a denial', 'issuances', toIssuanceItem({ ...aDenial(), state: 'DENIED' }), 'Daypass Issuance'],
    [
      'of a finding',
      'findings',
      toFindingItem(aFindingRow() as unknown as Finding, 'nonce'),
      'Daypass Finding',
    ],
    [
      'of an integration',
      'integrations',
      toIntegrationItem(anIntegrationVersion()),
      'Daypass Integration Change',
    ],
    ['of a suspension', 'controls', toSuspensionItem(aSuspension(), 'nonce'), 'Daypass Control Change'],
    ['of a revocation', 'controls', toRevocationItem(aRevocation(), 'nonce'), 'Daypass Control Change'],
  ])('%s', (_what, table, item, detailType) => {
    const event = tellOf(table, item);

    expect(event?.detailType).toBe(detailType);
    expect(JSON.stringify(event)).not.toContain('nonce');
  });

  it('without an ExternalId', () => {
    const version = anIntegrationVersion();
    const event = tellOf('integrations', toIntegrationItem(version));

    expect(JSON.stringify(event)).not.toContain(version.integration.externalIds.current);
  });
});
