/** What a canary is there to see: that whoever may have credentials gets them, and that nobody else does. */
export type CanaryExpectation = (typeof canaryExpectations)[number];

export const canaryExpectations = ['allowed', 'refused'] as const;

/** An answer of the broker's, as far as a canary looks at it. */
export interface CanaryAnswer {
  readonly status: number;
  /** Parsed; `undefined` where it was no JSON. */
  readonly body: unknown;
}

/** `seen` is for the log: never anything of the credentials. */
export interface CanaryVerdict {
  readonly passed: boolean;
  readonly seen: string;
}

/**
 * Of a refusal the code counts as well as the status: a gateway that refuses everybody would pass for a policy that
 * refuses this caller.
 */
export function judgeCanary(expected: CanaryExpectation, { status, body }: CanaryAnswer): CanaryVerdict {
  const given = isRecord(body) ? body : {};
  const credentials = isRecord(given['Credentials']) ? given['Credentials'] : {};
  const hasCredentials = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].some(
    (name) => name in credentials,
  );
  const code = typeof given['code'] === 'string' && /^[a-z-]{1,64}$/.test(given['code']) ? given['code'] : '';
  const seen = hasCredentials ? `${status} with credentials` : `${status} ${code || 'without a code'}`;
  return expected === 'allowed'
    ? { passed: status === 200 && isComplete(credentials), seen }
    : { passed: status === 403 && code === 'access-denied' && !hasCredentials, seen };
}

const isComplete = (credentials: Readonly<Record<string, unknown>>): boolean =>
  ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'].every((name) => {
    const value = credentials[name];
    return typeof value === 'string' && value !== '';
  });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
