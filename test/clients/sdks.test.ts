import { afterAll, jest } from '@jest/globals';
import { stopTheDaypass } from '../support/the-daypass.ts';

import './aws-config.ts';
import './container-credentials.ts';
import './exec.ts';

// Dozens of real programs at once, each with limits of its own in real time.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

afterAll(stopTheDaypass);
