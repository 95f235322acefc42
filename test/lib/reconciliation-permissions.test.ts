import { describe, expect, it } from '@jest/globals';
import { requireDeployed } from '../../lambda/core/function-roles.ts';
import { routes } from '../../lambda/http/routes.ts';
import { createAccessLogFilter, isWitness } from '../../lib/access-log-filter.ts';
import { createFunctionRoles } from '../../lib/permissions.ts';
import { toTrailObjects } from '../../lib/reconciliation-permissions.ts';
import { aConfiguration } from '../support/a-configuration.ts';
import { reconciliationAccess } from '../support/reconciliation-tables.ts';

const tableArn = 'arn:aws:dynamodb:eu-west-1:111111111111:table/daypass-issuances';
const configuration = aConfiguration();

const statementsOf = (name: 'reconciler' | 'audit' | 'issuer', sections = {}) => {
  const roles = createFunctionRoles({
    configuration: aConfiguration(sections),
    ...{ tableArn, proofTableArn: `${tableArn}-proofs`, tokenKeyArn: 'arn:key', webIdentityKeyArns: [] },
    keyArn: 'arn:aws:kms:eu-west-1:111111111111:key/issuances',
    reconciliation: {
      ...reconciliationAccess,
      findingKeyArn: 'arn:aws:kms:eu-west-1:111111111111:key/findings',
      trailKeyArn: 'arn:aws:kms:eu-central-1:999999999999:key/trail',
      queueArn: 'arn:aws:sqs:eu-west-1:111111111111:trail',
    },
  });
  return requireDeployed(roles, name).statements;
};

describe('the role of the reconciler', () => {
  it('does these and nothing else', () => {
    const actions = statementsOf('reconciler').flatMap(({ Effect, Action, Resource = [] }) =>
      [Resource].flat().flatMap((resource) => Action.map((action) => `${Effect} ${action} ${resource}`)),
    );

    expect(actions).toEqual([
      `Allow dynamodb:GetItem ${tableArn}`,
      `Allow dynamodb:UpdateItem ${tableArn}`,
      `Allow dynamodb:Query ${tableArn}/index/byAccessKeyId`,
      `Allow dynamodb:Query ${tableArn}/index/open`,
      `Allow dynamodb:GetItem ${reconciliationAccess.findingTableArn}`,
      `Allow dynamodb:PutItem ${reconciliationAccess.findingTableArn}`,
      `Allow dynamodb:UpdateItem ${reconciliationAccess.findingTableArn}`,
      ...['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey'].map(
        (action) => `Allow kms:${action} arn:aws:kms:eu-west-1:111111111111:key/findings`,
      ),
      `Allow dynamodb:GetItem ${reconciliationAccess.witnessTableArn}`,
      `Allow dynamodb:PutItem ${reconciliationAccess.witnessTableArn}`,
      'Allow s3:GetObject arn:aws:s3:::daypass-trail/AWSLogs/111111111111/CloudTrail/*',
      'Allow kms:Decrypt arn:aws:kms:eu-central-1:999999999999:key/trail',
      'Allow sqs:DeleteMessage arn:aws:sqs:eu-west-1:111111111111:trail',
      'Allow sqs:GetQueueAttributes arn:aws:sqs:eu-west-1:111111111111:trail',
      'Allow sqs:ReceiveMessage arn:aws:sqs:eu-west-1:111111111111:trail',
      ...['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey'].map(
        (action) => `Allow kms:${action} arn:aws:kms:eu-west-1:111111111111:key/issuances`,
      ),
    ]);
  });

  it('decrypts by S3 alone, in the region of the key', () => {
    const { Condition } = statementsOf('reconciler').find(({ Sid }) => Sid === 'DecryptTrail') ?? {};

    expect(Condition).toEqual({ StringLike: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com*' } });
  });

  it('reads an existing trail below its prefix', () => {
    const topicArn = 'arn:aws:sns:eu-west-1:999999999999:trail';
    const existing = { bucketName: 'org-trail', topicArn };
    const of = (trail: object) =>
      toTrailObjects('arn:b', aConfiguration({ trail }).trail, configuration.deployment);

    expect(of({ existing })).toBe('arn:b/AWSLogs/*');
    expect(of({ existing: { ...existing, prefix: 'org/x' } })).toBe('arn:b/org/x/AWSLogs/*');
  });
});

describe('the role of the audit', () => {
  it('reads findings and writes none', () => {
    const ofFindings = statementsOf('audit').filter(({ Resource = [] }) =>
      [Resource].flat().some((resource) => resource.startsWith(reconciliationAccess.findingTableArn)),
    );

    expect(ofFindings.flatMap(({ Action }) => Action)).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
  });
});

describe('the filter of the access log', () => {
  /** As CloudWatch Logs reads it, for `*` at the beginning. */
  const matches = (path: string) =>
    [...createAccessLogFilter(routes).matchAll(/= "\*([^"]+)"/g)].some(([, ending = '']) =>
      path.endsWith(ending),
    );

  it('lets the witnesses through, and no route that issues nothing', () => {
    const differing = routes.filter((route) => matches(route.path) !== isWitness(route));

    expect(differing.map(({ operation, path }) => `${operation} ${path}`)).toEqual([]);
    expect(routes.filter(isWitness).length).toBeGreaterThan(10);
  });

  it('knows every operation whose answer may be credentials', () => {
    const others = routes.filter(
      (route) => !isWitness(route) && ['issuer', 'integration-issuer'].includes(route.handledBy),
    );

    expect([...new Set(others.map(({ operation }) => operation))].sort()).toEqual([
      'explainIntegrationIssuance',
      'explainIssuance',
      'listProfiles',
      'whoami',
    ]);
  });

  it('is refused when it gets longer than CloudWatch Logs takes', () => {
    const long = routes.filter(isWitness).map((route, index) => ({
      ...route,
      path: `/v1/${'x'.repeat(100)}${index}`,
    }));

    expect(() => createAccessLogFilter(long)).toThrow(TypeError);
  });
});
