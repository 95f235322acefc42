import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { ConfigurationLayer } from '../../../lib/constructs/configuration-layer.ts';
import { aConfiguration, aConfigurationDocument } from '../../support/a-configuration.ts';

const outdir = mkdtempSync(join(tmpdir(), 'daypass-layer-'));
afterAll(() => rmSync(outdir, { recursive: true }));

function synthesizeLayer(document: unknown) {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Test');
  new ConfigurationLayer(stack, 'Configuration', { document, configuration: aConfiguration() });
  const assembly = app.synth();
  const template = assembly.getStackByName('Test').template;
  const [layer] = Object.values<{ Properties: { Content: { S3Key: string } } }>(template.Resources);
  return join(outdir, `asset.${layer?.Properties.Content.S3Key.replace('.zip', '')}`);
}

describe('ConfigurationLayer', () => {
  it('holds the document, as JSON, where the functions look for it', () => {
    const document = aConfigurationDocument();

    const folder = synthesizeLayer(document);

    expect(ConfigurationLayer.file).toBe('/opt/daypass.json');
    expect(JSON.parse(readFileSync(join(folder, 'daypass.json'), 'utf8'))).toEqual(document);
  });

  it('is the same asset when the document is the same, and another when a word of it changes', () => {
    const folder = synthesizeLayer(aConfigurationDocument());

    expect(synthesizeLayer(aConfigurationDocument())).toBe(folder);
    expect(synthesizeLayer(aConfigurationDocument({ owner: 'security@example.com' }))).not.toBe(folder);
  });
});
