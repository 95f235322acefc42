import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Code, type FunctionProps, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import type { FunctionName } from '../../lambda/core/function-roles.ts';
import { type canaryName, toEntry } from '../bundle-options.ts';
import { bundling } from './bundling.ts';

/** Of the repository; `dist` where this runs from the package. */
const root = join(import.meta.dirname, '../..');

/** Beside the constructs in the package alone: there they are bundled already, and their sources aren't there. */
const bundles = join(root, 'functions');

/** A function without its code. */
export type UnpackedFunction = Omit<FunctionProps, 'code' | 'handler'>;

/** The function `Function` with its code: bundled at synth from the repository, as it came from the package. */
export function addPackedFunction(
  scope: Construct,
  name: FunctionName | typeof canaryName,
  props: UnpackedFunction,
): LambdaFunction {
  if (existsSync(bundles)) {
    return new LambdaFunction(scope, 'Function', {
      ...props,
      code: Code.fromAsset(join(bundles, name)),
      handler: 'index.handler',
    });
  }
  return new NodejsFunction(scope, 'Function', {
    ...props,
    projectRoot: root,
    entry: join(root, toEntry(name)),
    depsLockFilePath: join(root, 'package-lock.json'),
    bundling,
    awsSdkConnectionReuse: false,
  });
}
