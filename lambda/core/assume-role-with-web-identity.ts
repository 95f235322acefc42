import type { Intent } from './issuance.ts';
import type { SecurityTokenService, StsAnswer, TokenSigner, WebIdentitySession } from './ports.ts';
import { toPrivateDetail } from './private-detail.ts';
import { toWebIdentityClaims } from './web-identity-claims.ts';

/** Daypass as an OIDC issuer. */
export interface WebIdentityIssuer {
  /** Of the broker, without a slash at the end. */
  readonly url: string;
  readonly signer: TokenSigner;
}

/**
 * Signs a token of the intent and asks STS once. The token is in no answer: it goes from the signer to STS, and a new
 * issuance has a new one.
 */
export async function assumeRoleWithWebIdentity(
  { intent, session }: { readonly intent: Intent; readonly session: WebIdentitySession },
  { sts, issuer }: { readonly sts: SecurityTokenService; readonly issuer: WebIdentityIssuer },
): Promise<StsAnswer> {
  const claims = toWebIdentityClaims(intent, { issuer: issuer.url });
  let webIdentityToken: string;
  try {
    webIdentityToken = await issuer.signer.sign({ type: 'JWT', claims });
  } catch (error) {
    // Nobody was asked: certainly nothing was minted, and the row must not stay open for it.
    return {
      state: 'FAILED',
      cause: 'unsigned',
      errorCode: 'TokenNotSigned',
      detail: toPrivateDetail(error),
    };
  }
  return sts.assumeRoleWithWebIdentity({ ...session, webIdentityToken });
}
