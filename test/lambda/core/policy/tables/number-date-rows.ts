import { allowIf, type ConditionRow, denyIf, toDecisionRows } from './decision-row.ts';

const numericEquals = allowIf({ NumericEquals: { 'claims:level': 7 } });
const largeNumber = allowIf({ NumericEquals: { 'claims:id': '9007199254740993' } });
const atMostHour = allowIf({ NumericLessThanEquals: { 'daypass:RequestedDuration': '3600' } });
const lessThanHour = allowIf({ NumericLessThan: { 'daypass:RequestedDuration': 3600 } });
const moreThanTwo = allowIf({ NumericGreaterThan: { 'claims:level': '2.5' } });
const atLeastTwo = allowIf({ NumericGreaterThanEquals: { 'claims:level': '2.5' } });

const numbers: readonly ConditionRow[] = [
  ['NumericEquals compares by value', numericEquals, { 'claims:level': '7.0' }, 'Allow'],
  ['NumericEquals refuses another number', numericEquals, { 'claims:level': '70' }, 'ImplicitDeny'],
  ['NumericEquals refuses the opposite', numericEquals, { 'claims:level': '-7' }, 'ImplicitDeny'],
  ['NumericEquals refuses an empty string', numericEquals, { 'claims:level': '' }, 'ImplicitDeny'],
  ['NumericEquals refuses text', numericEquals, { 'claims:level': 'seven' }, 'ImplicitDeny'],
  ['NumericEquals refuses a number with a unit', numericEquals, { 'claims:level': '7s' }, 'ImplicitDeny'],
  ['NumericEquals refuses a hexadecimal number', numericEquals, { 'claims:level': '0x7' }, 'ImplicitDeny'],
  ['NumericEquals refuses an exponent', numericEquals, { 'claims:level': '7e0' }, 'ImplicitDeny'],
  ['NumericEquals refuses a space', numericEquals, { 'claims:level': ' 7' }, 'ImplicitDeny'],
  ['NumericEquals refuses a list', numericEquals, { 'claims:level': ['7'] }, 'ImplicitDeny'],
  [
    'NumericEquals tells apart what doubles do not',
    largeNumber,
    { 'claims:id': '9007199254740992' },
    'ImplicitDeny',
  ],
  ['NumericEquals finds a number beyond 2^53', largeNumber, { 'claims:id': '9007199254740993' }, 'Allow'],
  [
    'NumericNotEquals takes what is no number',
    allowIf({ NumericNotEquals: { 'claims:level': 7 } }),
    { 'claims:level': 'x' },
    'Allow',
  ],
  [
    'NumericNotEquals refuses the number',
    allowIf({ NumericNotEquals: { 'claims:level': 7 } }),
    { 'claims:level': '07' },
    'ImplicitDeny',
  ],
  [
    'a Deny with NumericNotEquals denies what is no number',
    denyIf({ NumericNotEquals: { 'claims:level': 7 } }),
    { 'claims:level': 'x' },
    'ExplicitDeny',
  ],
  ['NumericLessThanEquals takes the limit', atMostHour, { 'daypass:RequestedDuration': '3600' }, 'Allow'],
  [
    'NumericLessThanEquals refuses one more',
    atMostHour,
    { 'daypass:RequestedDuration': '3601' },
    'ImplicitDeny',
  ],
  [
    'NumericLessThanEquals refuses the smallest excess',
    atMostHour,
    { 'daypass:RequestedDuration': '3600.0000001' },
    'ImplicitDeny',
  ],
  [
    'NumericLessThanEquals compares no text',
    atMostHour,
    { 'daypass:RequestedDuration': '1e1' },
    'ImplicitDeny',
  ],
  [
    'NumericLessThanEquals is not NaN-blind',
    atMostHour,
    { 'daypass:RequestedDuration': 'NaN' },
    'ImplicitDeny',
  ],
  [
    'NumericLessThanEquals refuses minus infinity',
    atMostHour,
    { 'daypass:RequestedDuration': '-Infinity' },
    'ImplicitDeny',
  ],
  [
    'NumericLessThan refuses the limit',
    lessThanHour,
    { 'daypass:RequestedDuration': '3600' },
    'ImplicitDeny',
  ],
  [
    'NumericLessThan takes less, though it is the longer text',
    lessThanHour,
    { 'daypass:RequestedDuration': '900' },
    'Allow',
  ],
  ['NumericGreaterThan refuses the limit', moreThanTwo, { 'claims:level': '2.50' }, 'ImplicitDeny'],
  [
    'NumericGreaterThan refuses a longer text that is less',
    moreThanTwo,
    { 'claims:level': '2.4999' },
    'ImplicitDeny',
  ],
  ['NumericGreaterThan compares by value', moreThanTwo, { 'claims:level': '10' }, 'Allow'],
  ['NumericGreaterThanEquals takes the limit', atLeastTwo, { 'claims:level': '2.5' }, 'Allow'],
  ['NumericGreaterThanEquals refuses less', atLeastTwo, { 'claims:level': '2.4' }, 'ImplicitDeny'],
  [
    'NumericGreaterThanEquals refuses a negative number',
    atLeastTwo,
    { 'claims:level': '-3' },
    'ImplicitDeny',
  ],
];

const until = allowIf({ DateLessThan: { 'daypass:CurrentTime': '2026-07-01T00:00:00Z' } });
const from = allowIf({ DateGreaterThanEquals: { 'daypass:CurrentTime': '2026-07-01' } });
const epoch = allowIf({ DateGreaterThan: { 'daypass:EpochTime': 1_782_864_000 } });

const dates: readonly ConditionRow[] = [
  [
    'DateLessThan takes an earlier instant',
    until,
    { 'daypass:CurrentTime': '2026-06-30T23:59:59Z' },
    'Allow',
  ],
  [
    'DateLessThan refuses the instant',
    until,
    { 'daypass:CurrentTime': '2026-07-01T00:00:00Z' },
    'ImplicitDeny',
  ],
  [
    'DateLessThan refuses a later instant',
    until,
    { 'daypass:CurrentTime': '2026-07-01T00:00:01Z' },
    'ImplicitDeny',
  ],
  [
    'DateLessThan minds the zone',
    until,
    { 'daypass:CurrentTime': '2026-06-30T23:30:00-01:00' },
    'ImplicitDeny',
  ],
  [
    'DateLessThan takes the zone of the day after',
    until,
    { 'daypass:CurrentTime': '2026-07-01T00:30:00+01:00' },
    'Allow',
  ],
  [
    'DateLessThan refuses a time without zone',
    until,
    { 'daypass:CurrentTime': '2026-06-01T00:00:00' },
    'ImplicitDeny',
  ],
  [
    'DateLessThan refuses a day that is none',
    until,
    { 'daypass:CurrentTime': '2026-02-30T00:00:00Z' },
    'ImplicitDeny',
  ],
  ['DateLessThan refuses words', until, { 'daypass:CurrentTime': 'Jun 1 2026' }, 'ImplicitDeny'],
  ['DateLessThan refuses an empty string', until, { 'daypass:CurrentTime': '' }, 'ImplicitDeny'],
  ['DateLessThan reads epoch seconds', until, { 'daypass:CurrentTime': '1782863999' }, 'Allow'],
  [
    'DateLessThan reads no epoch milliseconds',
    until,
    { 'daypass:CurrentTime': '1782863999000' },
    'ImplicitDeny',
  ],
  [
    'DateGreaterThanEquals reads a day as its midnight in UTC',
    from,
    { 'daypass:CurrentTime': '2026-07-01T00:00:00Z' },
    'Allow',
  ],
  [
    'DateGreaterThanEquals refuses the second before',
    from,
    { 'daypass:CurrentTime': '2026-06-30T23:59:59.999Z' },
    'ImplicitDeny',
  ],
  ['DateGreaterThan refuses the second itself', epoch, { 'daypass:EpochTime': '1782864000' }, 'ImplicitDeny'],
  [
    'DateGreaterThan refuses a negative instant',
    epoch,
    { 'daypass:EpochTime': '-1782864001' },
    'ImplicitDeny',
  ],
  ['DateGreaterThan takes the next second', epoch, { 'daypass:EpochTime': '1782864001' }, 'Allow'],
  [
    'DateEquals compares instants',
    allowIf({ DateEquals: { 'claims:day': '2026-07-01T02:00:00+02:00' } }),
    { 'claims:day': '2026-07' },
    'Allow',
  ],
  [
    'DateEquals refuses the day after',
    allowIf({ DateEquals: { 'claims:day': '2026-07-01' } }),
    { 'claims:day': '2026-07-02' },
    'ImplicitDeny',
  ],
  [
    'DateLessThanEquals refuses a millisecond more',
    allowIf({ DateLessThanEquals: { 'claims:day': '2026-07-01' } }),
    { 'claims:day': '2026-07-01T00:00:00.001Z' },
    'ImplicitDeny',
  ],
  [
    'a Deny with DateNotEquals denies what is no date',
    denyIf({ DateNotEquals: { 'claims:day': '2026-07-01' } }),
    { 'claims:day': 'today' },
    'ExplicitDeny',
  ],
];

const mfa = allowIf({ Bool: { 'daypass:MultiFactorAuthPresent': 'true' } });
const bytes = allowIf({ BinaryEquals: { 'claims:key': 'QmluYXJ5' } });

const others: readonly ConditionRow[] = [
  ['Bool takes the same', mfa, { 'daypass:MultiFactorAuthPresent': 'true' }, 'Allow'],
  [
    'Bool takes a boolean in the policy',
    allowIf({ Bool: { 'daypass:MultiFactorAuthPresent': true } }),
    { 'daypass:MultiFactorAuthPresent': 'True' },
    'Allow',
  ],
  ['Bool refuses the other', mfa, { 'daypass:MultiFactorAuthPresent': 'false' }, 'ImplicitDeny'],
  ['Bool refuses 1', mfa, { 'daypass:MultiFactorAuthPresent': '1' }, 'ImplicitDeny'],
  ['Bool refuses yes', mfa, { 'daypass:MultiFactorAuthPresent': 'yes' }, 'ImplicitDeny'],
  ['Bool refuses an empty string', mfa, { 'daypass:MultiFactorAuthPresent': '' }, 'ImplicitDeny'],
  ['Bool refuses a missing key', mfa, {}, 'ImplicitDeny'],
  [
    'Bool false refuses a missing key',
    allowIf({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }),
    {},
    'ImplicitDeny',
  ],
  [
    'a Deny with BoolIfExists false denies a missing key',
    denyIf({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }),
    {},
    'ExplicitDeny',
  ],
  ['BinaryEquals takes the same bytes', bytes, { 'claims:key': 'QmluYXJ5' }, 'Allow'],
  ['BinaryEquals refuses the bytes undecoded', bytes, { 'claims:key': 'Binary' }, 'ImplicitDeny'],
  ['BinaryEquals refuses another case', bytes, { 'claims:key': 'qmluYXJ5' }, 'ImplicitDeny'],
  ['BinaryEquals refuses the bytes with a newline', bytes, { 'claims:key': 'QmluYXJ5\n' }, 'ImplicitDeny'],
];

export const numberDateRows = toDecisionRows([...numbers, ...dates, ...others]);
