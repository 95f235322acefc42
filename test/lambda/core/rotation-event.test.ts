import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RotationError } from '../../../lambda/core/rotation-error.ts';
import { parseRotationEvent, rotationSteps } from '../../../lambda/core/rotation-event.ts';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:daypass/prod/federator-AbCdEf';
const ClientRequestToken = 'b4f0ec2e-0f5d-4a5c-9d4a-1d2f3c4b5a69';
const good = { Step: 'createSecret', SecretId: secretArn, ClientRequestToken };
const deactivate = { task: 'deactivate-previous-key' };

const codeOf = (event: unknown) => {
  try {
    return parseRotationEvent(event, secretArn).kind;
  } catch (error) {
    return error instanceof RotationError ? error.code : error;
  }
};

describe('parseRotationEvent', () => {
  it.each(rotationSteps)('takes %s', (Step) => {
    expect(parseRotationEvent({ ...good, Step }, secretArn)).toEqual({
      kind: 'step',
      step: Step,
      versionId: ClientRequestToken,
    });
  });

  it("takes the schedule's event, and members that Secrets Manager may add", () => {
    expect(codeOf(deactivate)).toBe('deactivate-previous-key');
    expect(codeOf({ ...good, RotationToken: 'x' })).toBe('step');
  });

  it.each([
    'arn:aws:secretsmanager:eu-west-1:111111111111:secret:daypass/prod/federator',
    'arn:aws:secretsmanager:eu-west-1:111111111111:secret:daypass/prod/federator-AbCdEF',
    'arn:aws:secretsmanager:eu-west-1:222222222222:secret:daypass/prod/federator-AbCdEf',
    'daypass/prod/federator',
    `${secretArn} `,
  ])('refuses the secret %s', (SecretId) => {
    expect(codeOf({ ...good, SecretId })).toBe('foreign-secret');
  });

  it.each([
    { ...good, Step: 'createsecret' },
    { ...good, Step: 'constructor' },
    { ...good, Step: undefined },
    { ...good, Step: ['createSecret'] },
    { ...good, SecretId: undefined },
    { ...good, SecretId: [secretArn] },
    { ...good, ClientRequestToken: undefined },
    { ...good, ClientRequestToken: 'a'.repeat(31) },
    { ...good, ClientRequestToken: 'a'.repeat(65) },
    { ...good, ClientRequestToken: `${'a'.repeat(40)}\n` },
    { ...good, ...deactivate },
    { ...deactivate, more: true },
    { task: 'delete-previous-key' },
    { task: ['deactivate-previous-key'] },
    [good],
    JSON.stringify(good),
    {},
    [],
    null,
    undefined,
    true,
    1,
    '',
  ])('refuses %j', (event) => {
    expect(codeOf(event)).toBe('malformed-event');
  });

  it('refuses whatever else is JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (event) => {
        expect(codeOf(event)).toBe('malformed-event');
      }),
    );
  });
});
