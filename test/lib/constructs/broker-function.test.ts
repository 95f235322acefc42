import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { type FunctionName, functionNames } from '../../../lambda/core/function-roles.ts';
import { environment } from '../../../lambda/functions/environment.ts';
import { aDaypassStack, toTemplate } from '../../support/a-daypass-stack.ts';

const template = toTemplate(aDaypassStack().stack);

const functions = Object.fromEntries(
  functionNames.map((name) => {
    const [found] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) =>
      id.toLowerCase().startsWith(`daypass${name.replace('-', '')}function`),
    );
    if (found === undefined) throw new TypeError(`no function ${name}`);
    return [name, found[1]['Properties']];
  }),
);

const ofEach = [environment.apiId, environment.configurationFile, environment.stage];

describe('BrokerFunction', () => {
  it.each([
    ['authorizer', 1024, 10],
    ['issuer', 1024, 27],
    ['audit', 512, 15],
    ['saml', 1024, 10],
    ['controls', 512, 29],
    ['integrations', 512, 29],
    ['integration-issuer', 1024, 28],
  ])('gives %s %i MB and %i seconds, at most the 29 of API Gateway', (name, MemorySize, Timeout) => {
    expect(functions[name]).toMatchObject({ MemorySize, Timeout });
  });

  it('runs on Node 24 on arm64, traced, with JSON logs and source maps', () => {
    template.resourceCountIs('AWS::Lambda::Function', functionNames.length);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Match.anyValue() } },
      Environment: { Variables: Match.objectLike({ NODE_OPTIONS: '--enable-source-maps' }) },
    });
  });

  it('lays the configuration beside those that read it, and beside no other', () => {
    const withLayer = functionNames.filter((name) => functions[name].Layers !== undefined);

    expect(withLayer).toEqual(functionNames.filter((name) => name !== 'rotation' && name !== 'publisher'));
  });

  it('gives the rotation five minutes, of which it waits one: it is not behind the API', () => {
    expect(functions['rotation']).toMatchObject({ MemorySize: 256, Timeout: 300 });
  });

  // The example has profiles of the mechanisms web-identity and federation-token.
  const ofIssuers = [environment.url, environment.webIdentityKeyArns];
  const admitting = [environment.controlTable, environment.quotaTable];

  it.each([
    ['authorizer', [...ofEach, environment.tokenKeyArn, environment.url, environment.integrationTable]],
    [
      'issuer',
      [
        ...[...ofEach, ...ofIssuers, environment.federationUrl, environment.stsUrl],
        ...[environment.apiPolicyId, environment.issuanceTable, environment.proofTable],
        ...[environment.federatorSecretArn, ...admitting],
      ],
    ],
    ['controls', [...ofEach, environment.apiPolicyId, environment.issuanceTable, ...admitting]],
    [
      'audit',
      [...ofEach, ...ofIssuers, environment.issuanceTable, environment.findingTable, environment.openApiFile],
    ],
    ['saml', [...ofEach, environment.proofTable, environment.tokenKeyArn, environment.url]],
    [
      'integrations',
      [
        ...[...ofEach, environment.apiPolicyId, environment.issuanceTable, environment.proofTable],
        ...[environment.integrationTable, ...admitting],
      ],
    ],
    [
      'integration-issuer',
      [
        ...[...ofEach, environment.apiPolicyId, environment.issuanceTable, environment.proofTable],
        ...[environment.integrationTable, environment.url, environment.federationUrl, ...admitting],
      ],
    ],
  ] as const)('sets for %s exactly the variables that functions read', (name, expected) => {
    const variables: Record<string, unknown> = functions[name].Environment.Variables;
    const own = Object.keys(variables).filter((key) => key !== 'NODE_OPTIONS');

    expect(own.sort()).toEqual([...expected].sort());
    expect(own.sort()).toEqual(variablesReadBy(name));
    expect(variables[environment.configurationFile]).toBe('/opt/daypass.json');
    expect(variables[environment.stage]).toBe('prod');
    expect(variables[environment.apiId]).toEqual({ Ref: Object.keys(restApis)[0] });
  });

  it('sets for rotation exactly the variables that it reads, and no API', () => {
    const own = Object.keys(functions['rotation'].Environment.Variables).filter(
      (key) => key !== 'NODE_OPTIONS',
    );

    expect(own.sort()).toEqual(
      [
        ...[environment.stage, environment.keyTestSeconds],
        ...[environment.federatorSecretArn, environment.federatorUserName],
      ].sort(),
    );
    expect(own.sort()).toEqual(variablesReadBy('rotation', []));
  });

  it('sets for the prober exactly the variables that it reads, and no API', () => {
    const variables: Record<string, unknown> = functions['prober'].Environment.Variables;
    const own = Object.keys(variables).filter((key) => key !== 'NODE_OPTIONS');

    expect(own.sort()).toEqual(variablesReadBy('prober'));
  });

  it('names the functions that others or an operator invoke, as their invokers are told, and no other', () => {
    const named = functionNames.filter((name) => functions[name].FunctionName !== undefined);

    expect(named).toEqual(['integrations', 'integration-issuer', 'prober', 'revoker']);
    for (const name of named) expect(functions[name].FunctionName).toBe(`daypass-prod-eu-west-1-${name}`);
  });

  it('gives each function a log group and a role of its own', () => {
    for (const key of ['LoggingConfig', 'Role']) {
      const values = functionNames.map((name) => JSON.stringify(functions[name][key]));
      expect(new Set(values).size).toBe(functionNames.length);
    }
  });
});

/** As its entry and what the entries share name them, and the one file that every function of the API reads. */
function variablesReadBy(
  name: FunctionName,
  besides: readonly string[] = ['configurationFile'],
): readonly string[] {
  const entry = readFileSync(`lambda/functions/${name}.ts`, 'utf8');
  const shared = [...entry.matchAll(/'\.\/(function-[a-z-]+\.ts)'/g)].map(([, file]) =>
    readFileSync(`lambda/functions/${file}`, 'utf8'),
  );
  const text = [entry, ...shared].join('\n');
  const read = new Set([...text.matchAll(/\benvironment\.(\w+)/g)].map(([, key = '']) => key));
  const variables = Object.entries(environment).filter(([key]) => read.has(key) || besides.includes(key));
  return variables.map(([, variable]) => variable).sort();
}

const restApis = template.findResources('AWS::ApiGateway::RestApi');
