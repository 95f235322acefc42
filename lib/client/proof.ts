/** One request to the broker before it proves who is asking. */
export interface UnprovenRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or empty. */
  readonly body: string;
}

/** How a request says who is asking: a bearer token under `/v1`, or a SigV4 signature under `/iam/v1`. */
export type Proof =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'aws';
      /** All headers of the signed request. */
      sign(request: UnprovenRequest): Promise<Readonly<Record<string, string>>>;
    };

/** A login that can be used. */
export interface Prover {
  /**
   * Who this is, as far as caches tell callers apart: the same for the same caller, never a secret. Two callers never
   * have the same.
   */
  readonly id: string;
  /** What to do where the broker takes no such proof. @default to log in again */
  readonly remedy?: string;
  /** Whether it is still the login that is kept for its broker. @default it is kept nowhere, and always good */
  isKept?(): boolean;
  /**
   * Renews what has expired or is about to.
   *
   * @throws ClientError `not-logged-in` where somebody has to log in again, `unavailable` where the issuer can't answer
   */
  prove(): Promise<Proof>;
}
