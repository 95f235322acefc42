import type { Template } from 'aws-cdk-lib/assertions';

/** Wildcards that stand in an Allow of the example deployment, by type, statement and element, with the reason of each. */
export const acceptedWildcards: Readonly<Record<string, string>> = {
  'AWS::KMS::Key Resource': 'in the policy of a key it is that key',
  'AWS::KMS::Key - Action':
    "KMS's own default: which of the account's principals use the key is for their policies to say",
  'AWS::KMS::Key CloudTrailEncrypts Action':
    "CloudTrail's documentation has it: with and without plaintext, for this one trail by the condition",
  'AWS::S3::BucketPolicy CloudTrailDelivers Resource':
    'objects of this bucket, below the prefix of the account, written by this one trail',
  'AWS::ApiGateway::RestApi AllowUnsigned Principal':
    'these routes are for callers without AWS credentials: the functions behind them ask for proof',
  'AWS::ApiGateway::RestApi AllowUnsigned Resource':
    "names and ids in the routes' paths are the callers' to choose",
  'AWS::ApiGateway::RestApi AllowWithSignature Principal':
    'who calls with a signature is limited by the condition, and by a Deny of all others',
  'AWS::ApiGateway::RestApi AllowWithSignature Resource':
    "names and ids in the routes' paths are the callers' to choose",
  'AWS::IAM::ManagedPolicy Federate Resource':
    'STS checks the ARN of the federated user to be, whose name is a new one each time',
  'AWS::IAM::ManagedPolicy Sessions Resource':
    "variables of the profile's session policy, which the session's own policy has filled in",
  'AWS::IAM::Role DecodeAuthorizationMessages Resource': 'the action has no resource type',
  'AWS::IAM::Role EnterPartnersRoles Resource':
    "partners' roles stand in a table, which changes without a deployment; Denies keep it out of our own accounts",
  'AWS::IAM::Role WriteTraces Resource': 'X-Ray has no resource types for these actions',
  'AWS::IAM::Role ListStreams Resource':
    'streams of these tables alone: the last part of their ARNs is the time at which they were made',
  'AWS::IAM::Role ReadTrail Resource': 'objects of this bucket, below the prefix of the trail',
  'AWS::IAM::Role ChangeRevocations Resource':
    'roles of the own account below one path, where the configuration asks for it; a Deny keeps it off the broker’s own',
  'AWS::IAM::Policy WriteFiles Resource': 'objects of this bucket, below two prefixes',
};

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly [element: string]: unknown;
}

/** Of every policy, wherever in the template it stands. `NotAction`, `NotResource` and `NotPrincipal` count as wildcards. */
export function findWildcards(template: Template): readonly string[] {
  const resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>> =
    template.toJSON()['Resources'];
  const found = Object.values(resources).flatMap(({ Type, Properties }) =>
    findStatements(Properties)
      .filter(({ Effect }) => Effect !== 'Deny')
      .flatMap((statement) => toWildcards(statement).map((element) => toKey(Type, statement, element))),
  );
  return [...new Set(found)].sort();
}

const toKey = (type: string, { Sid = '-' }: Statement, element: string) =>
  type === 'AWS::KMS::Key' && element === 'Resource'
    ? `${type} ${element}`
    : // Parts of a list that was cut, and statements that are numbered.
      `${type} ${Sid.replace(/\d+(?:p\d+)?$/, '')} ${element}`;

const elements = ['Action', 'Resource', 'Principal', 'NotAction', 'NotResource', 'NotPrincipal'];

const toWildcards = (statement: Statement) =>
  elements.filter(
    (element) =>
      statement[element] !== undefined &&
      (element.startsWith('Not') || /[*?]/.test(JSON.stringify(statement[element]))),
  );

function findStatements(value: unknown): readonly Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  return isStatement(value) ? [value] : Object.values(value).flatMap(findStatements);
}

const isStatement = (value: object): value is Statement =>
  'Effect' in value && ('Action' in value || 'NotAction' in value);
