import type { TokenRefusal } from '../../../lambda/core/authentication-errors.ts';
import type { AttackWorld, Changes, IssuerName } from '../attack-world.ts';
import { tokenOf } from '../attack-world.ts';

/** A request that proves nobody. */
export interface BadToken {
  /** The token, as the end of "refuses a token …". */
  readonly name: string;
  /** Whose good token it was made from. */
  readonly issuer: IssuerName;
  /** What the log says; the caller is told `Unauthorized`. */
  readonly reason: TokenRefusal;
  readonly token: (world: AttackWorld) => string;
  /** How it is sent. @default one header, `Authorization: Bearer <token>` */
  readonly sent?: (token: string) => SentRequest;
}

/** Parts of the event that API Gateway hands to the authorizer. */
export interface SentRequest {
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  /** In place of other members of the event. */
  readonly changes?: Readonly<Record<string, unknown>>;
}

type ToChanges = Changes | ((world: AttackWorld) => Changes);

/** A good token of the issuer with changes, under its own real signature where they bring no other. */
export const changed = (
  issuer: IssuerName,
  reason: TokenRefusal,
  name: string,
  changes: ToChanges,
): BadToken => ({
  issuer,
  reason,
  name,
  token: (world) => tokenOf(world, issuer, typeof changes === 'function' ? changes(world) : changes),
});

/** A good token of the issuer whose text was changed afterwards. */
export const rewritten = (
  issuer: IssuerName,
  reason: TokenRefusal,
  name: string,
  rewrite: (token: string) => string,
): BadToken => ({ issuer, reason, name, token: (world) => rewrite(tokenOf(world, issuer)) });

/** A good token of okta, sent in a bad way. */
export const sent = (
  reason: TokenRefusal,
  name: string,
  toRequest: (token: string) => SentRequest,
): BadToken => ({ issuer: 'okta', reason, name, token: (world) => tokenOf(world, 'okta'), sent: toRequest });
