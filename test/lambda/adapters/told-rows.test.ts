import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { toRevocationItem, toSuspensionItem } from '../../../lambda/adapters/control-item.ts';
import { toItem as toFindingItem } from '../../../lambda/adapters/finding-item.ts';
import { toItem as toIntegrationItem } from '../../../lambda/adapters/integration-item.ts';
import { toItem as toIssuanceItem } from '../../../lambda/adapters/issuance-item.ts';
import { toRowChanges } from '../../../lambda/adapters/stream-records.ts';
import type { BrokerEvent } from '../../../lambda/core/publishing/event-schemas.ts';
import { hasExpired, isExpiryChanged } from '../../../lambda/core/publishing/expiry.ts';
import { type PublishedTable, publishedTables } from '../../../lambda/core/publishing/row-change.ts';
import { toEvent } from '../../../lambda/core/publishing/to-event.ts';
import type { Finding } from '../../../lambda/core/reconciliation/finding.ts';
import { aRevocation, aRevocationPolicy } from '../../support/a-revocation.ts';
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

describe('the broker’s own writes', () => {
  const change = (before: Readonly<Record<string, AttributeValue>>, after?: typeof before) => {
    const [one] = toRowChanges(
      {
        Records: [
          {
            eventName: after === undefined ? 'REMOVE' : 'MODIFY',
            eventSourceARN: 'arn:aws:dynamodb:eu-west-1:111111111111:table/controls/stream/x',
            userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
            dynamodb: {
              Keys: { target: before['target'] },
              ...{ OldImage: before, SequenceNumber: '1', ApproximateCreationDateTime: 2_000_000_000 },
              ...(after === undefined ? {} : { NewImage: after }),
            },
          },
        ],
      },
      tables,
    );
    if (one === undefined) throw new TypeError('there is one record');
    return one;
  };
  const versions = (['APPLYING', 'APPLIED', 'REMOVED', 'APPLYING', 'FAILED', 'PRINTED'] as const).map(
    (state, index) => {
      const expiresAtSeconds = 1_900_000_000 + index;
      const policies = [aRevocationPolicy({ state })];
      const revocation = aRevocation({ version: index + 1, policies, expiresAtSeconds });
      return [state, toRevocationItem(revocation, `nonce-${index}`)] as const;
    },
  );

  it('give a revocation its time to expire, and no line that rings', () => {
    const pairs = versions.slice(1).map(([, after], index) => [versions[index]?.[1] ?? {}, after] as const);

    expect(pairs.map(([before, after]) => isExpiryChanged(change(before, after)))).toEqual(
      pairs.map(() => false),
    );
    expect(pairs.some(([before, after]) => before['expiresAtSeconds'] !== after['expiresAtSeconds'])).toBe(
      true,
    );
  });

  it.each(versions)('let a revocation that is %s expire if it stands nowhere', (state, item) => {
    expect(hasExpired(change(item), false)).toBe(state !== 'APPLYING' && state !== 'APPLIED');
  });

  it('let no suspension expire', () => {
    const item = toSuspensionItem(aSuspension(), 'nonce');

    expect(
      isExpiryChanged(
        change(item, toSuspensionItem({ ...aSuspension(), state: 'LIFTED', version: 2 }, 'other')),
      ),
    ).toBe(false);
    expect(hasExpired(change({ ...item, expiresAtSeconds: { N: '1' } }), false)).toBe(false);
  });
});
