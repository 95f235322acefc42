#!/usr/bin/env node
// For BROWSER: signs in as the demo caller DAYPASS_TEST_CALLER at the address that it is given. Needs a Node that takes
// TypeScript, from 22.18 on.
import { signIn } from './a-browser.ts';

const { status, url, html } = await signIn(process.argv[2] ?? '', process.env.DAYPASS_TEST_CALLER ?? 'sre');
if (status !== 200) {
  process.stderr.write(`the sign-in ended with status ${status} at ${url.replace(/\?.*$/, '')}\n${html}\n`);
  process.exitCode = 1;
}
