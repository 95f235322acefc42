import { afterAll } from '@jest/globals';
import { stopTheDaypass } from '../support/the-daypass.ts';

import './aws-config.ts';
import './container-credentials.ts';
import './exec.ts';

afterAll(stopTheDaypass);
