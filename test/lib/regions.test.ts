import { describe, expect, it } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import { aConfiguration, aConfigurationDocument, aProfileDocument } from '../support/a-configuration.ts';
import { aDaypassStack, toTemplate } from '../support/a-daypass-stack.ts';

/*
 * One deployment in two regions: what each of the two stacks makes, and what it takes from the other.
 */

const integrations = { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] };
const existing = {
  bucketName: 'org-trail',
  topicArn: 'arn:aws:sns:eu-west-1:999999999999:org-trail',
};
const regions = ['eu-west-1', 'eu-central-1'];
const encryptionKeyArn = 'arn:aws:kms:eu-central-1:111111111111:key/11111111-2222-3333-4444-555555555555';
const replicas = [{ region: 'eu-central-1', encryptionKeyArn }];
const names = { issuances: 'I', controls: 'C', findings: 'F', witnesses: 'W', integrations: 'N' };
const copies = { ...names, encryptionKeyArn };

const aDocument = (region: string, deployment: object = { regions }) =>
  aConfigurationDocument({
    ...{ integrations, trail: { existing } },
    deployment: { accountId: '111111111111', region, stage: 'prod', ...deployment },
  });

const ofPrimary = toTemplate(aDaypassStack({ document: aDocument('eu-west-1'), replicas }).stack);
const ofOther = toTemplate(aDaypassStack({ document: aDocument('eu-central-1'), copies }).stack);

const tablesOf = (template: Template) =>
  Object.entries(template.findResources('AWS::DynamoDB::GlobalTable')).map(([id, { Properties }]) => ({
    name: id.replace(/^Daypass|Table[0-9A-F]{8}$/g, ''),
    replicas: Properties['Replicas'] as readonly Readonly<Record<string, unknown>>[],
  }));

const textOf = (template: Template) => JSON.stringify(template.toJSON());

describe('the primary region', () => {
  it('copies what a caller may be asked for anywhere, and neither proofs nor quotas', () => {
    const copied = tablesOf(ofPrimary).filter((table) => table.replicas.length === 2);
    const own = tablesOf(ofPrimary).filter((table) => table.replicas.length === 1);

    expect(copied.map(({ name }) => name).sort()).toEqual([
      'Control',
      'Findings',
      'Integration',
      'Issuances',
      'Witnesses',
    ]);
    expect(own.map(({ name }) => name).sort()).toEqual(['Proofs', 'Quota']);
  });

  it('encrypts each copy by the key of its region, where the table has a key, and guards it as the table', () => {
    const [issuances] = tablesOf(ofPrimary).filter(({ name }) => name === 'Issuances');

    expect(issuances?.replicas).toEqual([
      expect.objectContaining({
        Region: 'eu-central-1',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { KMSMasterKeyId: encryptionKeyArn },
      }),
      expect.objectContaining({ Region: 'eu-west-1', DeletionProtectionEnabled: true }),
    ]);
  });

  it('reads the trail, settles, verifies third parties and tells of changes', () => {
    expect(
      ofPrimary.findResources('AWS::Events::Rule', {
        Properties: { State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' },
      }),
    ).not.toEqual({});
    expect(textOf(ofPrimary)).toContain('verify-integrations');
    expect(textOf(ofPrimary)).toContain(String.raw`{\"task\":\"settle\"}`);
    ofPrimary.resourceCountIs('AWS::Lambda::EventSourceMapping', 5);
  });
});

describe('whoever tells of changes', () => {
  it.each([
    ['the primary region', ofPrimary, 'eu-central-1'],
    ['another region', ofOther, 'eu-west-1'],
  ])('knows in %s where copies are', (_where, template, others) => {
    const told = Object.values(template.findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties['Environment'].Variables['DAYPASS_OTHER_REGIONS'] ?? [],
    );

    expect(told).toEqual([others]);
  });
});

describe('another region', () => {
  it('makes no table but those of its own proofs and quotas', () => {
    expect(
      tablesOf(ofOther)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['Proofs', 'Quota']);
  });

  it('gives its functions the copies, and permissions on them in its own region alone', () => {
    const functions = Object.values(ofOther.findResources('AWS::Lambda::Function'));
    const variables = functions.map(({ Properties }) => Properties['Environment'].Variables);

    for (const name of Object.values(names))
      expect(variables.some((all) => Object.values(all).includes(name))).toBe(true);
    expect(textOf(ofOther)).toContain('table/I');
    expect(textOf(ofOther)).toContain(encryptionKeyArn);
    expect(textOf(ofOther)).not.toContain('dynamodb:eu-west-1');
  });

  it('lets them use the key of a copy that the primary one may have encrypted by it', () => {
    const statements = Object.values(ofOther.findResources('AWS::IAM::Role')).flatMap(({ Properties }) =>
      (Properties['Policies'] ?? []).flatMap(
        (policy: { PolicyDocument: { Statement: { Sid?: string; Resource: unknown }[] } }) =>
          policy.PolicyDocument.Statement,
      ),
    );

    for (const name of ['ReadControlTableKey', 'UseControlTableKey'])
      expect(statements.find(({ Sid }) => Sid === name)?.Resource).toBe(encryptionKeyArn);
  });

  it('has a dashboard of its own: their names are of the account, not of the region', () => {
    const dashboardsOf = (template: Template) =>
      Object.values(template.findResources('AWS::CloudWatch::Dashboard')).map(
        ({ Properties }) => Properties['DashboardName'],
      );

    expect([...dashboardsOf(ofPrimary), ...dashboardsOf(ofOther)]).toEqual([
      'daypass-prod-eu-west-1',
      'daypass-prod-eu-central-1',
    ]);
  });

  it('sweeps its own rows, and leaves the trail, settling, verifying and telling to the primary one', () => {
    expect(textOf(ofOther)).toContain(String.raw`{\"task\":\"sweep\"}`);
    expect(textOf(ofOther)).not.toContain(String.raw`{\"task\":\"settle\"}`);
    expect(textOf(ofOther)).not.toContain('verify-integrations');
    expect(textOf(ofOther)).not.toContain('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
    ofOther.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
    ofOther.resourceCountIs('AWS::SNS::Subscription', 0);
  });

  it('lets no function read the trail, or the queue of its objects', () => {
    const roles = (template: Template) => JSON.stringify(template.findResources('AWS::IAM::Role'));

    for (const action of ['s3:GetObject', 'sqs:ReceiveMessage']) {
      expect(roles(ofPrimary)).toContain(action);
      expect(roles(ofOther)).not.toContain(action);
    }
  });

  it('misses nobody who works in the primary one', () => {
    const namesOf = (template: Template) =>
      Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
        ({ Properties }) => Properties['AlarmName'],
      );
    const missing = namesOf(ofPrimary).filter((name) => !namesOf(ofOther).includes(name));

    expect(missing).toEqual(
      expect.arrayContaining([
        ...['daypass-prod-reconciler-silent', 'daypass-prod-integration-schedule-stopped'],
        'daypass-prod-trail-silent',
      ]),
    );
    expect(namesOf(ofOther)).toContain('daypass-prod-function-errors-reconciler');
  });

  it('has roles of its own, which target roles trust beside the others', () => {
    const roleNames = Object.values(ofOther.findResources('AWS::IAM::Role')).map(
      ({ Properties }) => Properties['RoleName'],
    );

    expect(roleNames).toContain('daypass-prod-eu-central-1-issuer');
    expect(JSON.stringify(roleNames)).not.toContain('eu-west-1');
  });
});

describe('regions that do not fit are refused:', () => {
  it.each([
    ['the primary one without copies', aDocument('eu-west-1'), {}, 'replicas'],
    [
      'the primary one with copies elsewhere',
      aDocument('eu-west-1'),
      { replicas: [{ region: 'us-east-1', encryptionKeyArn }] },
      'replicas',
    ],
    ['the primary one with tables of another', aDocument('eu-west-1'), { replicas, copies }, 'copies'],
    ['another one with tables of its own', aDocument('eu-central-1'), {}, 'copies'],
    ['another one that makes copies', aDocument('eu-central-1'), { copies, replicas }, 'replicas'],
    ['one alone with copies', aDocument('eu-west-1', {}), { replicas }, 'replicas'],
    [
      'two that sign tokens for AWS, each under a URL of its own',
      { ...aDocument('eu-west-1'), profiles: { signed: aProfileDocument({ mechanism: 'web-identity' }) } },
      { replicas },
      'profiles.signed.mechanism',
    ],
    ['two with a trail each', { ...aDocument('eu-west-1'), trail: {} }, { replicas }, 'trail.existing'],
  ] as const)('%s', (_, document, props, path) => {
    expect(() => aDaypassStack({ document, ...props })).toThrow(path);
  });

  it.each([
    ['one alone', ['eu-west-1']],
    ['its own missing', ['eu-central-1', 'us-east-1']],
    ['one twice', ['eu-west-1', 'eu-west-1']],
    ['two partitions', ['eu-west-1', 'us-gov-west-1']],
    ['more than five', ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'eu-south-1', 'us-east-1']],
  ])('a list with %s', (_, list) => {
    const deployment = { accountId: '111111111111', region: 'eu-west-1', stage: 'prod', regions: list };

    expect(() => aConfiguration({ deployment })).toThrow('deployment.regions');
  });
});
