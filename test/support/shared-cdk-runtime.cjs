const { createRequire } = require('node:module');
const { default: Runtime } = require('jest-runtime');

/*
 * Jest loads every package anew for each test file. Of aws-cdk-lib these are thousands of files, six seconds each time,
 * in two dozen test files. So the CDK, which a synthesis leaves as it was, is loaded once a worker, by Node itself.
 */
const native = createRequire(__filename);
const isOfCdk = (path) => /\/node_modules\/(?:aws-cdk-lib|cdk-nag|constructs)\//.test(path);

class SharedCdkRuntime extends Runtime {
  requireModuleOrMock(from, moduleName) {
    return isOfCdk(moduleName) ? native(moduleName) : super.requireModuleOrMock(from, moduleName);
  }
}

module.exports = SharedCdkRuntime;
