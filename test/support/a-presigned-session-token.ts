import {
  type PresignedLimits,
  parsePresignedSessionToken,
} from '../../lambda/core/presigned-session-token.ts';
import { nowMs } from './tokens.ts';

export const stsUrl = 'https://sts.eu-west-1.amazonaws.com';

export const presignedLimits: PresignedLimits = { origins: [stsUrl], region: 'eu-west-1', nowMs };

export const longTermKeyId = 'AKIAI44QH8DHBEXAMPLE';

/** `YYYYMMDDTHHMMSSZ`, so many seconds from now. */
export const basicTime = (seconds = 0): string =>
  `${new Date(nowMs + seconds * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

/** Of a request that is right, decoded. */
export const presignedParameters = {
  Action: 'GetSessionToken',
  Version: '2011-06-15',
  SerialNumber: 'arn:aws:iam::222222222222:mfa/developer',
  TokenCode: '123456',
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': `${longTermKeyId}/${basicTime().slice(0, 8)}/eu-west-1/sts/aws4_request`,
  'X-Amz-Date': basicTime(),
  'X-Amz-Expires': '60',
  'X-Amz-SignedHeaders': 'host',
  'X-Amz-Signature': 'c0ffee00'.repeat(8),
} as const;

export type PresignedName = keyof typeof presignedParameters | 'DurationSeconds';

/** The query with these parameters in the place of its own; `undefined` leaves one out. */
export const aPresignedQuery = (changes: Partial<Record<PresignedName, string | undefined>> = {}): string =>
  Object.entries({ ...presignedParameters, ...changes })
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');

export const aPresignedUrl = (changes: Partial<Record<PresignedName, string | undefined>> = {}): string =>
  `${stsUrl}/?${aPresignedQuery(changes)}`;

export const aPresignedSessionToken = (changes: Partial<Record<PresignedName, string | undefined>> = {}) =>
  parsePresignedSessionToken(aPresignedUrl(changes), presignedLimits);
