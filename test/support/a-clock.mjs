// For `node --import`: a clock that is ahead by as many milliseconds as the file DAYPASS_TEST_CLOCK says.
import { readFileSync } from 'node:fs';

const realNow = Date.now;
Date.now = () => realNow() + Number(readFileSync(process.env.DAYPASS_TEST_CLOCK, 'utf8'));
