import type { User } from '../../world.ts';
import { AwsError } from '../aws-error.ts';
import { checkText, requireNoProblems, type TextConstraint, validationError } from '../sts/constraints.ts';
import type { IamCall, IamTarget } from './iam-call.ts';

/** The limits of IAM's service model. */
export const userName: TextConstraint = {
  minLength: 1,
  maxLength: 128,
  pattern: { test: /^[\w+=,.@-]+$/, shown: '[\\w+=,.@-]+' },
};

/** The user of the call's UserName, in the caller's account; without one it's the caller. */
export function toUserTarget(call: IamCall): IamTarget {
  requireNoProblems(checkText('userName', call.parameters.get('UserName'), userName));
  const name = toUserName(call);
  const arn = findUser(call, name)?.arn ?? `arn:aws:iam::${call.caller.accountId}:user/${name}`;
  return { arn, shown: `user ${name}`, tags: {} };
}

/** @throws AwsError NoSuchEntity; only who may ask about the user gets to see it. */
export function requireUser(call: IamCall): User {
  const name = toUserName(call);
  const user = findUser(call, name);
  if (user !== undefined) return user;
  throw new AwsError('NoSuchEntity', 404, `The user with name ${name} cannot be found.`);
}

function toUserName({ caller, parameters }: IamCall): string {
  const named = parameters.get('UserName');
  if (named !== undefined) return named;
  if (caller.type === 'user') return caller.user.name;
  throw validationError('Must specify userName when calling with non-User credentials');
}

/** IAM's names are compared without regard to case. */
const findUser = ({ world, caller }: IamCall, name: string): User | undefined =>
  [...world.allUsers.values()].find(
    (user) => user.accountId === caller.accountId && user.name.toLowerCase() === name.toLowerCase(),
  );
