import { expect, jest } from '@jest/globals';

/**
 * Suites with a running broker or table: what they test gives a call up after 0.9, two or five
 * seconds of real time, as it must, and a machine that stands still for so long breaks that.
 * Their tests have another two tries, and a failed one is printed all the same. What draws its
 * cases at random is elsewhere: there, a second try would hide what the first one found.
 */
const hasLimitsOfRealTime =
  /\/test\/(?:(?:bin|clients|end-to-end|local|tools)\/|lambda\/adapters\/(?:dynamodb|sdk)-)/;

if (hasLimitsOfRealTime.test(expect.getState().testPath ?? '')) {
  jest.retryTimes(2, { logErrorsBeforeRetry: true, retryImmediately: true, waitBeforeRetry: 1000 });
}
