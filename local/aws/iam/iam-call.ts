import type { World } from '../../world.ts';
import type { Caller } from '../caller.ts';
import type { Parameters } from '../sts/query-protocol.ts';
import type { XmlElements } from '../sts/xml.ts';
import type { AccessKeyStore } from './access-key-store.ts';
import type { RoleStore } from './role-store.ts';

/** One authenticated call of an IAM operation. */
export interface IamCall {
  readonly parameters: Parameters;
  readonly caller: Caller;
  readonly sourceIp: string;
  readonly nowMs: number;
  readonly world: World;
  readonly accessKeys: AccessKeyStore;
  readonly roles: RoleStore;
}

/** What a call is about, whether it exists or not. */
export interface IamTarget {
  readonly arn: string;
  /** As IAM's refusals show it: `user Bob`. */
  readonly shown: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface IamOperation {
  /** Checks the parameters. @throws AwsError ValidationError */
  readonly toTarget: (call: IamCall) => IamTarget;
  /** Those that the caller needs beside the one that is named like the operation. @default none */
  readonly furtherActions?: (call: IamCall) => readonly string[];
  /** For a caller who may. `undefined` where IAM answers with no result. */
  readonly run: (call: IamCall) => XmlElements | undefined;
}
