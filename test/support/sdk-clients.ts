/**
 * A program with many clients of the AWS SDK for JavaScript, as nobody's credentials but the environment's:
 * `sdk-clients.ts <endpoint> <count>`. All call GetCallerIdentity at once; prints the distinct ARNs as JSON.
 */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const [, , endpoint = '', count = '1'] = process.argv;
const clients = Array.from({ length: Number(count) }, () => new STSClient({ endpoint, region: 'eu-west-1' }));
const answers = await Promise.all(clients.map((client) => client.send(new GetCallerIdentityCommand({}))));
console.log(JSON.stringify([...new Set(answers.map(({ Arn }) => Arn))]));
for (const client of clients) client.destroy();
