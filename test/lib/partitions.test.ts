import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { aDaypassStack, toTemplate } from '../support/a-daypass-stack.ts';

/** The example deployment as a company in another partition has it; tokens that AWS signs for STS are of `aws` alone. */
function synthesize(partition: string, region: string): string {
  const { 'data-long': _webIdentity, 'root-audit': _root, ...profiles } = example.profiles;
  const { adfs: _byFile, ...issuers } = example.issuers;
  const { 'saml-reports': _saml, 'team-data': _analysts, ...others } = profiles;
  const document = JSON.parse(
    JSON.stringify({ ...example, issuers, profiles: others })
      .replaceAll('arn:aws:', `arn:${partition}:`)
      .replaceAll('eu-west-1', region),
  );
  return JSON.stringify(toTemplate(aDaypassStack({ document }).stack).toJSON());
}

const example = parse(readFileSync('config/daypass.yaml', 'utf8'));

describe.each([
  ['aws-cn', 'cn-north-1', 'logs.cn-north-1.amazonaws.com.cn'],
  ['aws-us-gov', 'us-gov-west-1', 'logs.us-gov-west-1.amazonaws.com'],
])('the example deployment in %s', (partition, region, logs) => {
  const text = synthesize(partition, region);

  it('names nothing of another partition or region', () => {
    expect(text.match(/arn:aws:[^"]*/g)).toBeNull();
    expect(text).not.toContain('eu-west-1');
  });

  it('knows CloudWatch Logs by the name that it has there, for its key and for the access log', () => {
    expect(text.match(/logs\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/g)).toEqual([logs, logs]);
  });
});
