import { afterAll } from '@jest/globals';
import { stopTheDaypass } from '../support/the-daypass.ts';

import './logging-in.ts';
import './terminal.ts';
import './completion.ts';
import './operators.ts';
import './faults.ts';

afterAll(stopTheDaypass);
