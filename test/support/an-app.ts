import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App } from 'aws-cdk-lib';

const directory = mkdtempSync(join(tmpdir(), 'daypass-app-'));
let apps = 0;

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A CDK app that leaves nothing behind and, unless it is told otherwise, bundles no function. */
export function anApp(context: Readonly<Record<string, unknown>> = {}): App {
  apps += 1;
  return new App({
    outdir: join(directory, String(apps)),
    context: { 'aws:cdk:bundling-stacks': [], ...context },
  });
}
