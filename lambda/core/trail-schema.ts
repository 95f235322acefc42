import type * as z from 'zod';
import { integer, list, object, text } from './schema-parts.ts';

const accountId = text('an account id of 12 digits, in quotes', /^[0-9]{12}$/);

const bucketName = text(
  "a bucket's name: 3–63 characters of a–z, 0–9, . and -",
  /^(?!xn--)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
);

/** What S3's key prefix of a trail may be, and a pattern of an IAM resource must not hold. */
const prefix = text(
  '1–200 characters of A–Z, a–z, 0–9, ., _, - and /, neither beginning nor ending with /',
  /^(?!\/)(?!.*\/$)[\w./-]{1,200}$/,
);

const keyArn = text(
  'the ARN of a KMS key such as arn:aws:kms:eu-west-1:111111111111:key/<id>',
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[\w-]{1,64}$/,
);

const topicArn = text(
  'the ARN of a topic of SNS such as arn:aws:sns:eu-west-1:111111111111:trail',
  /^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[\w-]{1,256}$/,
);

/** Where CloudTrail's record of the broker's calls is found. */
export const trailSchema = object({
  accounts: list(accountId, 'a list of account ids')
    .min(1, { error: 'at least one account id' })
    .optional()
    .describe(
      "Accounts whose events the trail has, the broker's own among them: what happens in others is not expected there. Others need `existing`. Absent: the broker's own",
    ),
  settleMinutes: integer(15, 1440, 'minutes')
    .default(120)
    .describe('How long CloudTrail may take: an issuance without its event after this time is a finding'),
  existing: object({
    bucketName: bucketName.describe('Where the trail delivers'),
    prefix: prefix.optional().describe("The trail's key prefix, before AWSLogs"),
    keyArn: keyArn.optional().describe("The key that encrypts the trail's objects, where one does"),
    topicArn: topicArn.describe(
      "The topic that tells of new objects: the trail's own, or that of the bucket's notifications, in the region of the broker",
    ),
  })
    .optional()
    .describe('A trail of the account or the organization; absent: Daypass makes one of its own'),
});

export type TrailSection = z.output<typeof trailSchema>;
