import { afterAll, jest } from '@jest/globals';
import { stopTheDaypass } from '../support/the-daypass.ts';

import './logging-in.ts';
import './terminal.ts';
import './completion.ts';
import './operators.ts';
import './faults.ts';

// Dozens of real programs at once, each with limits of its own in real time.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

afterAll(stopTheDaypass);
