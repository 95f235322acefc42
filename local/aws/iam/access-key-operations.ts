import type { User } from '../../world.ts';
import { toIsoSeconds } from '../principal-context.ts';
import { checkText, requireNoProblems, type TextConstraint, validationError } from '../sts/constraints.ts';
import { type AccessKeyMetadata, type AccessKeyStatus, accessKeyStatuses } from './access-key-store.ts';
import type { IamCall, IamOperation, IamTarget } from './iam-call.ts';
import { requireUser, toUserTarget } from './user-target.ts';

export const createAccessKey: IamOperation = {
  toTarget: toUserTarget,
  run: (call) => {
    const user = requireUser(call);
    const { secretAccessKey, ...metadata } = call.accessKeys.create(user);
    const { CreateDate, ...shown } = toMember(user, metadata);
    return { AccessKey: { ...shown, SecretAccessKey: secretAccessKey, CreateDate } };
  },
};

export const updateAccessKey: IamOperation = {
  toTarget: (call) => {
    const status = call.parameters.get('Status');
    requireNoProblems([
      ...checkText('accessKeyId', call.parameters.get('AccessKeyId'), accessKeyIdText),
      ...checkText('status', status, { required: true, minLength: 1 }),
    ]);
    if (!isStatus(status)) {
      throw validationError(
        `1 validation error detected: Value '${status}' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [${accessKeyStatuses.join(', ')}]`,
      );
    }
    return toUserTarget(call);
  },
  run: (call) => {
    const status = call.parameters.get('Status');
    if (isStatus(status)) call.accessKeys.setStatus(requireUser(call), accessKeyIdOf(call), status);
    return undefined;
  },
};

export const deleteAccessKey: IamOperation = {
  toTarget: toKeyTarget,
  run: (call) => {
    call.accessKeys.remove(requireUser(call), accessKeyIdOf(call));
    return undefined;
  },
};

/** All at once: a user has two keys at most, so that MaxItems is seldom met. */
export const listAccessKeys: IamOperation = {
  toTarget: (call) => {
    const maxItems = Number(call.parameters.get('MaxItems') ?? 100);
    if (!(Number.isInteger(maxItems) && maxItems >= 1 && maxItems <= 1000)) {
      throw validationError(
        `1 validation error detected: Value '${call.parameters.get('MaxItems')}' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and 1000`,
      );
    }
    return toUserTarget(call);
  },
  run: (call) => {
    const user = requireUser(call);
    const keys = call.accessKeys.list(user);
    const start = Number(call.parameters.get('Marker') ?? 0);
    if (!Number.isSafeInteger(start) || start < 0) throw validationError('Invalid Marker.');
    const end = start + Number(call.parameters.get('MaxItems') ?? 100);
    const isTruncated = end < keys.length;
    return {
      UserName: user.name,
      AccessKeyMetadata: keys.slice(start, end).map((key) => toMember(user, key)),
      IsTruncated: String(isTruncated),
      Marker: isTruncated ? end : undefined,
    };
  },
};

const accessKeyIdText: TextConstraint = {
  required: true,
  minLength: 16,
  maxLength: 128,
  pattern: { test: /^\w+$/, shown: '[\\w]+' },
};

function toKeyTarget(call: IamCall): IamTarget {
  requireNoProblems(checkText('accessKeyId', call.parameters.get('AccessKeyId'), accessKeyIdText));
  return toUserTarget(call);
}

const accessKeyIdOf = ({ parameters }: IamCall): string => parameters.get('AccessKeyId') ?? '';

const isStatus = (text: string | undefined): text is AccessKeyStatus =>
  accessKeyStatuses.some((status) => status === text);

const toMember = (user: User, { accessKeyId, status, createdAtMs }: AccessKeyMetadata) => ({
  UserName: user.name,
  AccessKeyId: accessKeyId,
  Status: status,
  CreateDate: toIsoSeconds(createdAtMs),
});
