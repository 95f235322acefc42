import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { bundleOptions } from '../bundle-options.ts';

const { target, mainFields, minify, sourcemap, sourcesContent, banner } = bundleOptions;

/** `bundleOptions` in CDK's words. */
export const bundling: BundlingOptions = {
  ...{ target, minify, sourcesContent },
  format: OutputFormat.ESM,
  mainFields: [...mainFields],
  // The runtime's own SDK changes without a deployment.
  bundleAwsSDK: true,
  sourceMap: sourcemap,
  logLevel: LogLevel.WARNING,
  banner: banner.js,
};
