import type { SamlAttackRow } from './saml-attack.ts';
import { contentRows, wrappingRows } from './saml-content-rows.ts';
import { formRows, markupRows } from './saml-markup-rows.ts';
import { algorithmRows, signatureRows } from './saml-signature-rows.ts';

/** All that a verifier refuses, whoever runs it. */
export const samlAttackRows: readonly SamlAttackRow[] = [
  ...wrappingRows,
  ...markupRows,
  ...formRows,
  ...contentRows,
  ...signatureRows,
  ...algorithmRows,
];
