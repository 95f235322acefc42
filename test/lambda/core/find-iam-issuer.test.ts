import { describe, expect, it } from '@jest/globals';
import { findIamIssuer } from '../../../lambda/core/find-iam-issuer.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import { issuingConfiguration } from '../../support/issuing.ts';

describe('findIamIssuer', () => {
  it('is the issuer of type iam, with the partition of the deployment', () => {
    expect(findIamIssuer(issuingConfiguration)).toMatchObject({
      name: 'aws',
      type: 'iam',
      accounts: ['222222222222'],
      partition: 'aws',
    });
  });

  it('is undefined where there is none', () => {
    expect(findIamIssuer(aConfiguration())).toBeUndefined();
  });
});
