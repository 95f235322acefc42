import type { Configuration, IamIssuer } from './configuration.ts';

/** The one issuer of type `iam`, where the configuration has it. */
export const findIamIssuer = ({ issuers }: Pick<Configuration, 'issuers'>): IamIssuer | undefined =>
  [...issuers.values()].find((issuer) => issuer.type === 'iam');
