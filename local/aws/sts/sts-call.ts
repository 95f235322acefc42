import type { World } from '../../world.ts';
import type { Caller } from '../caller.ts';
import type { DataKey } from '../data-key.ts';
import type { OwnIssuers } from '../web-identity-issuers.ts';
import type { MfaCodes } from './mfa-codes.ts';
import type { Parameters } from './query-protocol.ts';
import type { XmlElements } from './xml.ts';

/** One authenticated call of an STS operation. */
export interface StsCall {
  readonly parameters: Parameters;
  readonly caller: Caller;
  readonly region: string;
  readonly sourceIp: string;
  readonly nowMs: number;
  readonly world: World;
  readonly key: DataKey;
  readonly mfa: MfaCodes;
  /** Of GetWebIdentityToken. */
  readonly ownIssuers: OwnIssuers;
}

export interface StsResult {
  readonly result: XmlElements;
  /** What CloudTrail shows of the answer. */
  readonly responseElements: JsonObject | null;
  /** The role that the call was about. */
  readonly resource?: { readonly arn: string; readonly accountId: string };
}

/** An operation: its work, and what CloudTrail shows of its parameters, even when they are wrong. */
export interface StsOperation {
  readonly run: (call: StsCall) => StsResult;
  readonly toRequestParameters: (call: StsCall) => JsonObject | null;
  /** What CloudTrail says of it. @default true */
  readonly readOnly?: boolean;
}

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}
