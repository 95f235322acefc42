/** What can be said of a deployment from outside, and what is known of it. */
export interface LiveTarget {
  /** Base URL of the API, without a slash at its end. */
  readonly url: URL;
  /** API Gateway's own URL, which a deployment with a name of its own does not answer. */
  readonly defaultEndpoint?: URL;
}

/** `seen` is shown: never a credential or a token. */
export type LiveResult =
  | { readonly outcome: 'PASS' | 'FAIL'; readonly seen: string }
  | { readonly outcome: 'SKIP'; readonly because: string };

export interface LiveCheck {
  readonly claim: string;
  readonly expected: string;
  /** Reads alone. May reject: a check that cannot be made has failed. */
  run(): Promise<LiveResult>;
}

export type LiveReport = LiveResult & Pick<LiveCheck, 'claim' | 'expected'>;

/** One after another, so that no check is throttled by another. */
export async function runLiveChecks(checks: readonly LiveCheck[]): Promise<readonly LiveReport[]> {
  const reports: LiveReport[] = [];
  for (const { claim, expected, run } of checks) reports.push({ claim, expected, ...(await attempt(run)) });
  return reports;
}

async function attempt(run: LiveCheck['run']): Promise<LiveResult> {
  try {
    return await run();
  } catch (error) {
    return { outcome: 'FAIL', seen: toText(error) };
  }
}

const toText = (error: unknown): string =>
  error instanceof Error
    ? [error.name, error.message, causeOf(error)].filter(Boolean).join(': ')
    : String(error);

const causeOf = ({ cause }: Error): string => (cause instanceof Error ? cause.message : '');

export const toResult = (passed: boolean, seen: string): LiveResult => ({
  outcome: passed ? 'PASS' : 'FAIL',
  seen,
});

export const skip = (because: string): LiveResult => ({ outcome: 'SKIP', because });

export const isLoopback = ({ hostname }: URL): boolean => /^(127\.|localhost$|\[::1\]$)/.test(hostname);
