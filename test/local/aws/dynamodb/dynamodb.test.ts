import {
  BatchGetItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aWorld,
  away,
  createTable,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';

const key = (letter: string): TestCredentials => ({
  accessKeyId: `AKIA${letter.repeat(16)}`,
  secretAccessKey: letter.toLowerCase().repeat(40),
});
const table = `arn:aws:dynamodb:eu-west-1:${home}:table/things`;
const allow = (Action: string | readonly string[], Resource: string | readonly string[]) => [
  policy({ Effect: 'Allow', Action, Resource }),
];

const users = {
  reader: { ...key('B'), policies: allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem'], table) },
  indexer: { ...key('C'), policies: allow(['dynamodb:Query', 'dynamodb:Scan'], `${table}/index/byOwner`) },
  querier: { ...key('D'), policies: allow('dynamodb:Query', table) },
  silent: { ...key('E'), policies: [] },
  denied: {
    ...key('F'),
    policies: [...allow('*', '*'), policy({ Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: table })],
  },
  misplaced: {
    ...key('G'),
    policies: allow('dynamodb:*', [
      `arn:aws:dynamodb:eu-west-1:${away}:table/things`,
      `arn:aws:dynamodb:us-east-1:${home}:table/things`,
      `arn:aws:dynamodb:eu-west-1:${home}:table/thing`,
    ]),
  },
};
const stranger = { ...key('H'), policies: allow('*', '*') };

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(aWorld({ [home]: { users }, [away]: { users: { stranger } } }));
  await createTable(
    aws.dynamodb(),
    new CreateTableCommand({
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'owner', AttributeType: 'S' },
      ],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byOwner',
          KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await aws.dynamodb().send(put());
});
afterAll(() => aws.stop());

const put = (condition?: string) =>
  new PutItemCommand({
    TableName: 'things',
    Item: { id: { S: '1' }, owner: { S: 'alice' } },
    ConditionExpression: condition,
  });
const get = (TableName = 'things') => new GetItemCommand({ TableName, Key: { id: { S: '1' } } });
const batch = (...names: readonly string[]) =>
  new BatchGetItemCommand({
    RequestItems: Object.fromEntries(names.map((name) => [name, { Keys: [{ id: { S: '1' } }] }])),
  });
const query = (IndexName?: string) =>
  new QueryCommand({
    TableName: 'things',
    IndexName,
    KeyConditionExpression: IndexName === undefined ? 'id = :v' : '#o = :v',
    ExpressionAttributeNames: IndexName === undefined ? undefined : { '#o': 'owner' },
    ExpressionAttributeValues: { ':v': { S: IndexName === undefined ? '1' : 'alice' } },
  });

type Command =
  | GetItemCommand
  | PutItemCommand
  | QueryCommand
  | ScanCommand
  | BatchGetItemCommand
  | ListTablesCommand;
const send = (user: keyof typeof users, command: Command) =>
  // biome-ignore lint/suspicious/noExplicitAny: one of several commands.
  outcome(aws.dynamodb(users[user]).send(command as any));

const no = (user: string, operation: string, resource: string) =>
  `AccessDeniedException: User: arn:aws:iam::${home}:user/${user} is not authorized to perform: dynamodb:${operation} on resource: ${resource}`;
const silentPolicy = (operation: string) =>
  ` because no identity-based policy allows the dynamodb:${operation} action`;

describe('DynamoDB', () => {
  it('keeps what it is given', async () => {
    const { Item } = await aws.dynamodb().send(get());

    expect(Item).toEqual({ id: { S: '1' }, owner: { S: 'alice' } });
  });

  it('names the account and the region in its ARNs', async () => {
    const { Table } = await aws.dynamodb().send(new DescribeTableCommand({ TableName: 'things' }));

    expect(Table?.TableArn).toBe(table);
    expect(Table?.TableStatus).toBe('ACTIVE');
  });

  it('keeps conditions', async () => {
    expect(await outcome(aws.dynamodb().send(put('attribute_not_exists(id)')))).toMatch(
      /^ConditionalCheckFailedException/,
    );
  });

  it('leaves the environment as it was', () => {
    expect(process.env['AWS_ACCOUNT_ID']).toBeUndefined();
  });

  it('gives each account tables of its own', async () => {
    const client = aws.dynamodb(stranger);

    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    expect(await outcome(client.send(get()))).toMatch(/^ResourceNotFoundException/);
  });

  it('leaves no CloudTrail record of data events', async () => {
    await aws.dynamodb().send(get());

    expect((await aws.records()).filter(({ eventSource }) => eventSource !== 'sts.amazonaws.com')).toEqual(
      [],
    );
  });

  it.each<readonly [keyof typeof users, string, Command, string]>([
    ['reader', 'a table it may read', get(), 'granted'],
    ['reader', 'a batch of it', batch('things'), 'granted'],
    [
      'reader',
      'a batch with another table',
      batch('things', 'others'),
      no('reader', 'BatchGetItem', table.replace('things', 'others')),
    ],
    [
      'reader',
      'another table',
      get('others'),
      no('reader', 'GetItem', table.replace('things', 'others')) + silentPolicy('GetItem'),
    ],
    ['reader', 'a longer name', get('things2'), no('reader', 'GetItem', `${table}2`)],
    ['reader', 'another operation', put(), no('reader', 'PutItem', table) + silentPolicy('PutItem')],
    ['reader', 'a scan', new ScanCommand({ TableName: 'things' }), no('reader', 'Scan', table)],
    ['reader', 'the list of tables', new ListTablesCommand({}), no('reader', 'ListTables', '*')],
    ['indexer', 'a query of its index', query('byOwner'), 'granted'],
    ['indexer', 'a query of the table', query(), no('indexer', 'Query', table)],
    [
      'indexer',
      'a scan of another index',
      new ScanCommand({ TableName: 'things', IndexName: 'other' }),
      no('indexer', 'Scan', `${table}/index/other`),
    ],
    ['querier', 'a query of the table', query(), 'granted'],
    ['querier', 'a query of an index', query('byOwner'), no('querier', 'Query', `${table}/index/byOwner`)],
    ['silent', 'anything', get(), no('silent', 'GetItem', table)],
    ['denied', 'what is not denied', get(), 'granted'],
    [
      'denied',
      'what is denied',
      put(),
      `${no('denied', 'PutItem', table)} with an explicit deny in an identity-based policy`,
    ],
    ['misplaced', 'a table elsewhere or almost so named', get(), no('misplaced', 'GetItem', table)],
    [
      'misplaced',
      'a table named by an ARN of elsewhere',
      get(`arn:aws:dynamodb:eu-west-1:${away}:table/things`),
      'Exception',
    ],
  ])('%s: %s', async (user, _name, command, expected) => {
    expect(await send(user, command)).toContain(expected);
  });

  it.each([
    ['no JSON', '{', /SerializationException/],
    ['no object', '[]', /SerializationException|ValidationException/],
    ['nothing', '', /SerializationException/],
    ['a number as name', '{"TableName":1}', /SerializationException/],
  ])('answers a body of %s', async (_name, body, expected) => {
    // An SDK sends none of these: its middleware puts another body under the operation before it is signed.
    const client = aws.dynamodb();
    client.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { readonly headers: Record<string, string> };
        headers['content-length'] = String(body.length);
        Object.assign(args.request as object, { body });
        return next(args);
      },
      { step: 'build', name: 'anotherBody' },
    );

    expect(await outcome(client.send(get()))).toMatch(expected);
  });
});
