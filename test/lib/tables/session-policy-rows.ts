import { configurationText } from '../../support/configuration-text.ts';
import { type BrokenRow, missing, refused } from './broken-row.ts';

const place = 'profiles.reports.sessionPolicy';
const elements = 'one of the elements Sid, Effect, Action, NotAction, Resource, NotResource, Condition';
const actionAllowed = '"*", or an action such as sts:AssumeRole, with * and ? after the colon only';
const resourceAllowed =
  '"*", or an ARN with all six fields, without wildcards in the service and without variables before the resource';
const variableAllowed = '${claims:<name>}, ${daypass:<key>}, ${aws:<key>}, ${*}, ${?} or ${$}';
const noVariables = 'text without variables: only Resource, NotResource and Condition take them';
const claimAllowed = 'a variable that a trusted issuer provides: ${claims:team}';
const awsKeyAllowed =
  "a condition key of AWS's: claims: and daypass: stand in trust, and in values as ${claims:<name>}";
const sizeAllowed = 'at most 2048 characters of session policy and managed policy ARNs together';

const version = '      Version: "2012-10-17"\n';
const action = 'Action: s3:GetObject';
const resource = 'Resource: "arn:aws:s3:::reports/${claims:team}/*"';

const badElement = (
  [before, after]: BrokenRow['change'],
  path: string,
  value: unknown,
  allowed: string,
): BrokenRow => ({
  name: `${path}: ${JSON.stringify(value)}`,
  change: [before, after],
  says: [[after.trim().split('\n').at(-1) ?? '', refused(`${place}${path}`, value, allowed)]],
});

const badAction = (value: unknown, allowed: string) =>
  badElement([action, `Action: ${JSON.stringify(value)}`], '.Statement[0].Action', value, allowed);

const badResource = (value: unknown, allowed: string) =>
  badElement([resource, `Resource: ${JSON.stringify(value)}`], '.Statement[0].Resource', value, allowed);

const badCondition = (operator: string, key: string, value: string, allowed: string, shown = value) =>
  badElement(
    [resource, `${resource}\n          Condition: ${JSON.stringify({ [operator]: { [key]: value } })}`],
    `.Statement[0].Condition.${operator}."${key}"`,
    shown,
    allowed,
  );

/** Replaces the resource by one so long that the policy and its managed policy have this many characters. */
function sized(characters: number): BrokenRow['change'] {
  const json =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":""}]}';
  const arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  const prefix = 'arn:aws:s3:::reports/';
  return [
    resource,
    `Resource: ${prefix}${'x'.repeat(characters - json.length - arn.length - prefix.length)}`,
  ];
}

/** As long as may be. */
export const longestPolicy = configurationText.replace(...sized(2048));

export const sessionPolicyRows: readonly BrokenRow[] = [
  {
    name: '2049 characters',
    change: sized(2049),
    says: [['    sessionPolicy:', refused(place, 2049, sizeAllowed)]],
  },
  badElement(
    [version, version.replace('2012-10-17', '2020-01-01')],
    '.Version',
    '2020-01-01',
    '"2012-10-17" or "2008-10-17"',
  ),
  badElement(
    [version, `${version}      Statements: []\n`],
    '.Statements',
    [],
    'the elements Version, Id and Statement',
  ),
  badElement([action, `${action}\n          Principal: "*"`], '.Statement[0].Principal', '*', elements),
  badElement([action, `${action}\n          Actions: "*"`], '.Statement[0].Actions', '*', elements),
  badElement(
    [action, `${action}\n          NotAction: "iam:*"`],
    '.Statement[0].NotAction',
    'iam:*',
    'Action or NotAction, not both',
  ),
  badElement(
    [action, `${action}\n          Sid: "\${claims:team}"`],
    '.Statement[0].Sid',
    '${claims:team}',
    noVariables,
  ),
  {
    name: 'an Effect in small letters',
    change: ['        - Effect: Allow\n          Action', '        - Effect: allow\n          Action'],
    says: [['Effect: allow', refused(`${place}.Statement[0].Effect`, 'allow', '"Allow" or "Deny"')]],
  },
  {
    name: 'no Action',
    change: [`          ${action}\n`, ''],
    says: [
      [
        '        - Effect: Allow\n          Resource',
        missing(`${place}.Statement[0].Action`, 'Action or NotAction'),
      ],
    ],
  },
  {
    name: 'no Resource',
    change: [`          ${resource}\n`, ''],
    says: [
      [
        '        - Effect: Allow\n          Action',
        missing(`${place}.Statement[0].Resource`, 'Resource or NotResource'),
      ],
    ],
  },
  badAction('s3:${claims:team}', noVariables),
  badAction('${claims:team}', noVariables),
  badAction('${daypass:Subject}:*', noVariables),
  badAction('s3', actionAllowed),
  badAction('s3*:GetObject', actionAllowed),
  badAction([], actionAllowed),
  badResource('${claims:team}', resourceAllowed),
  badResource('arn:aws:sns:eu-west-1:${claims:team}:topic', resourceAllowed),
  badResource('arn:aws:${claims:team}:::reports', resourceAllowed),
  badResource('s3', resourceAllowed),
  badResource('arn:aws:s3:::reports/${claims:tema}/*', claimAllowed),
  badResource('arn:aws:s3:::reports/${claims:owner}/*', claimAllowed),
  badResource('arn:aws:s3:::reports/${claims:groups}/*', 'a claim that is one value, not a list'),
  badResource('arn:aws:s3:::reports/${claims:team/*', 'a "${" that is closed by "}"'),
  badResource('arn:aws:s3:::reports/${saml:sub}', variableAllowed),
  badResource("arn:aws:s3:::reports/${claims:team, 'x'}", variableAllowed),
  badResource('arn:aws:s3:::reports/${ claims:team }', variableAllowed),
  badResource(
    'arn:aws:s3:::reports/${daypass:Reason}/*',
    '${daypass:Issuer}, ${daypass:Subject}, ${daypass:Profile}',
  ),
  badCondition('StringLike', 's3:prefix', '${claims:tema}/*', claimAllowed),
  badCondition('StringLike', 'claims:team', 'a', awsKeyAllowed, 'claims:team'),
  badCondition('StringLike', 'Daypass:Issuer', 'a', awsKeyAllowed, 'Daypass:Issuer'),
  badCondition(
    'NumericLessThan',
    's3:max-keys',
    '${claims:team}',
    'a decimal number such as 42 or -1.5, with at most 40 digits on each side of the point',
  ),
  {
    name: '__proto__ beside its elements',
    change: [version, `${version}      __proto__: {}\n`],
    says: [
      [
        '__proto__',
        refused(`${place}.__proto__`, '__proto__', 'a key that JavaScript does not keep for itself'),
      ],
    ],
  },
];
