import type { World } from '../../world.ts';
import type { DataKey } from '../data-key.ts';
import type { ContextEntries } from '../principal-context.ts';
import type { OwnIssuers } from '../web-identity-issuers.ts';
import type { Parameters } from './query-protocol.ts';
import type { JsonObject } from './sts-call.ts';
import type { XmlElements } from './xml.ts';

/** One call of an operation that nobody signs: what it carries is its proof. */
export interface UnsignedCall {
  readonly parameters: Parameters;
  readonly region: string;
  readonly sourceIp: string;
  readonly nowMs: number;
  readonly world: World;
  readonly key: DataKey;
  readonly ownIssuers: OwnIssuers;
}

/** Whom a token or an assertion proves, once it's verified, and what it and the request ask for. */
export interface FederatedIdentity {
  readonly action: 'sts:AssumeRoleWithWebIdentity' | 'sts:AssumeRoleWithSAML';
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly providerArn: string;
  /** `undefined` when the request names none: then it's 3600. */
  readonly durationSeconds?: number;
  /** When the identity provider wants the session to end, whatever the request says. */
  readonly endsAtMs?: number;
  readonly policy?: string;
  readonly policyArns: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  /** The provider's condition keys. They stay with the session. */
  readonly context: ContextEntries;
  /** What only this operation's answer has; the rest is the same for both. */
  readonly result: { readonly before: XmlElements; readonly after: XmlElements };
  readonly trail: {
    readonly userIdentity: JsonObject;
    readonly requestParameters: JsonObject;
    readonly responseElements: JsonObject;
    /** Beside the role. */
    readonly resources: readonly JsonObject[];
  };
}

/** Proves who asks. What it throws is in no trail: AWS doesn't log calls that aren't "sufficiently valid" either. */
export interface UnsignedOperation {
  readonly identify: (call: UnsignedCall) => Promise<FederatedIdentity>;
}
