import { type BrokenRow, refused } from './broken-row.ts';

const roleAllowed =
  "an IAM role ARN such as arn:aws:iam::222222222222:role/path/Name, of the deployment's partition";
const ownRole = "a role that is not one of the broker's own";
const once = 'each role of a chain once';
const gateway = 'arn:aws:iam::222222222222:role/daypass/Gateway';
const relay = 'arn:aws:iam::333333333333:role/Relay';
const end = 'arn:aws:iam::222222222222:role/daypass/Reports';

/** A profile with roles on the way. */
const aChain = (...via: readonly unknown[]): BrokenRow['change'] => [
  '    mechanism: assume-role\n',
  `    mechanism: assume-role\n    via: ${JSON.stringify(via)}\n`,
];

const badRole = (name: string, arn: unknown, allowed = roleAllowed): BrokenRow => ({
  name: `a role on the way: ${name}`,
  change: aChain(gateway, arn),
  says: [['via:', refused('profiles.reports.via[1]', arn, allowed)]],
});

const own = (name: string) => `arn:aws:iam::111111111111:role/daypass/${name}`;

/** An ARN of so many characters. The policy that names it has 293 and the ARN twice. */
const anArnOf = (length: number) =>
  `arn:aws:iam::222222222222:role/${`${'p'.repeat(63)}/`.repeat(13)}`.padEnd(length, 'R');
const tooLong = anArnOf(878);

export const chainRows: readonly BrokenRow[] = [
  badRole('a name alone', 'Gateway'),
  badRole('every role', 'arn:aws:iam::222222222222:role/*'),
  badRole('a session', 'arn:aws:sts::222222222222:assumed-role/Gateway/s'),
  badRole('a user', 'arn:aws:iam::222222222222:user/gateway'),
  badRole('a variable', 'arn:aws:iam::222222222222:role/${claims:team}'),
  badRole('a path upwards', 'arn:aws:iam::222222222222:role/../Gateway'),
  badRole('a number', 222222222222),
  badRole('the Chinese partition', 'arn:aws-cn:iam::222222222222:role/R', `${roleAllowed}: aws`),
  badRole('no partition at all', 'arn:awsx:iam::222222222222:role/R', `${roleAllowed}: aws`),
  badRole('the issuer function', own('daypass-prod-eu-west-1-issuer'), ownRole),
  badRole('the audit function', own('daypass-prod-eu-west-1-audit'), ownRole),
  badRole('the issuer function in other case', own('Daypass-Prod-eu-west-1-ISSUER'), ownRole),
  badRole('the one before it', gateway, once),
  badRole(
    'the one before it in other case',
    gateway.toUpperCase().replace('ARN:AWS:IAM', 'arn:aws:iam').replace('ROLE', 'role'),
    once,
  ),
  {
    name: 'the end of a chain on the way to it',
    change: aChain(end),
    says: [['roleArn:', refused('profiles.reports.roleArn', end, once)]],
  },
  {
    name: 'three roles on the way',
    change: aChain(gateway, relay, 'arn:aws:iam::444444444444:role/R'),
    says: [
      [
        'via:',
        refused(
          'profiles.reports.via',
          [gateway, relay, 'arn:aws:iam::444444444444:role/R'],
          'at most 2 roles on the way',
        ),
      ],
    ],
  },
  {
    name: 'a role on the way that is no list',
    change: ['    mechanism: assume-role\n', `    mechanism: assume-role\n    via: ${gateway}\n`],
    says: [['via:', refused('profiles.reports.via', gateway, 'a list of role ARNs')]],
  },
  {
    name: 'a role whose ARN does not fit into the session policy before it',
    change: aChain(gateway, tooLong),
    says: [
      [
        'via:',
        refused(
          'profiles.reports.via[1]',
          tooLong,
          'a role ARN short enough for the session policy before it, which has 2049 characters with it; STS takes 2048',
        ),
      ],
    ],
  },
  {
    name: 'a chain of more than an hour',
    change: [
      '    duration: { defaultSeconds: 900, maxSeconds: 3600 }',
      `    via: ["${gateway}"]\n    duration: { defaultSeconds: 900, maxSeconds: 3601 }`,
    ],
    says: [
      [
        'duration:',
        refused('profiles.reports.duration.maxSeconds', 3601, 'an integer, 900–3600 seconds (role chaining)'),
      ],
    ],
  },
];

/** What stands next to a mistake and is none. */
export const acceptedChains: readonly Pick<BrokenRow, 'name' | 'change'>[] = [
  { name: 'no role on the way', change: aChain() },
  { name: 'one role on the way', change: aChain(gateway) },
  { name: 'two roles on the way', change: aChain(gateway, relay) },
  { name: 'a role of the same name in another account', change: aChain(end.replace('2222', '3333')) },
  { name: 'the longest role that fits', change: aChain(gateway, anArnOf(877)) },
  { name: 'a longer role at the beginning', change: aChain(tooLong) },
  { name: "a role of the broker's own account", change: aChain(own('Gateway')) },
];
