import { marshall } from '@aws-sdk/util-dynamodb';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { environment } from '../../../lambda/functions/environment.ts';

const variables = {
  AWS_REGION: 'eu-west-1',
  [environment.stage]: 'prod',
  [environment.issuanceTable]: 'Issuances',
  [environment.findingTable]: 'Findings',
  [environment.controlTable]: 'Controls',
};

const before = { ...process.env };

afterEach(() => {
  process.env = { ...before };
  jest.restoreAllMocks();
});

/** Of a row whose time was up, which nobody says to have deleted. */
const aDeletion = {
  eventName: 'REMOVE',
  eventSourceARN: 'arn:aws:dynamodb:eu-west-1:111111111111:table/Findings/stream/2026-01-01T00:00:00.000',
  dynamodb: {
    Keys: marshall({ id: 'A' }),
    OldImage: marshall({ id: 'A', expiresAtSeconds: 1_000 }),
    SequenceNumber: '1',
    ApproximateCreationDateTime: 2_000,
  },
};

async function publishedMessages(regions: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
  Object.assign(process.env, variables, regions);
  const lines: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  jest.resetModules();
  const { handler } = await import('../../../lambda/functions/publisher.ts');
  await handler({ Records: [aDeletion] });
  return lines.map((line) => JSON.parse(line).message);
}

describe('a deletion of an expired row that nobody signed', () => {
  it('is somebody’s where there is one region', async () => {
    expect(await publishedMessages({})).toEqual(['row removed']);
  });

  it('may be DynamoDB’s of another region where there is one', async () => {
    expect(await publishedMessages({ [environment.otherRegions]: 'eu-central-1' })).toEqual([]);
  });
});
