import { toSeconds } from '../core/credential-texts.ts';
import type { ConsoleLink } from '../core/open-console.ts';
import type { EndpointResponse } from './endpoint.ts';
import { withPackedSizeWarning } from './packed-size-warning.ts';

/** In the body alone: headers are logged. */
export const renderConsoleLink = (link: ConsoleLink): EndpointResponse =>
  withPackedSizeWarning(
    {
      status: 200,
      headers: { 'Daypass-Issuance-Id': link.intent.id },
      body: {
        IssuanceId: link.intent.id,
        SigninUrl: link.signinUrl,
        ExpiresAt: toSeconds(link.linkExpiration),
        SessionExpiresAt: toSeconds(link.sessionExpiration),
      },
    },
    link.packedPolicySize,
  );
