import { describe, expect, it } from '@jest/globals';
import type { IssueCredentials, IssuedCredentials } from '../../../lambda/core/issue-credentials.ts';
import type { LogFields } from '../../../lambda/core/logger.ts';
import { warnOfPackedSize } from '../../../lambda/core/warn-of-packed-size.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anId, issuedCredentials } from '../../support/an-issuance.ts';

/** The lines for a session of this size. */
async function linesFor(packedPolicySize: number | undefined) {
  const lines: (readonly [string, LogFields | undefined])[] = [];
  const { intent, answer } = issuedCredentials();
  const { packedPolicySize: _, ...rest } = answer;
  const sized = { intent, answer: packedPolicySize === undefined ? rest : { ...rest, packedPolicySize } };
  const issue = warnOfPackedSize<Parameters<IssueCredentials>, IssuedCredentials>(async () => sized, {
    warn: (message, fields) => lines.push([message, fields]),
  });

  expect(await issue(aPrincipal(), { profile: 'prod-readonly' }, anOrigin())).toBe(sized);
  return lines;
}

describe('warnOfPackedSize', () => {
  it.each([undefined, 0, 79])('is silent at %s', async (size) => {
    expect(await linesFor(size)).toEqual([]);
  });

  it.each([80, 81, 100])('writes one line at %d, with the issuance and the profile', async (size) => {
    expect(await linesFor(size)).toEqual([
      ['packed policy size', { issuanceId: anId, profile: 'prod-readonly', packedPolicySize: size }],
    ]);
  });

  it('passes a refusal on', async () => {
    const issue = warnOfPackedSize(() => Promise.reject(new TypeError('no')), { warn: () => undefined });

    await expect(issue()).rejects.toThrow('no');
  });
});
