import type { Faults } from '../../faults.ts';
import { toAccessDeniedMessage } from '../access-denied.ts';
import type { Authenticate } from '../authenticate.ts';
import { AwsError } from '../aws-error.ts';
import type { Answer, AwsRequest, Outcome } from '../exchange.ts';
import { meetFault } from '../fault-outcome.ts';
import { type Parameters, parseParameters } from '../sts/query-protocol.ts';
import { toErrorXml, toResultXml, xmlAnswer } from '../sts/xml.ts';
import {
  createAccessKey,
  deleteAccessKey,
  listAccessKeys,
  updateAccessKey,
} from './access-key-operations.ts';
import type { AccessKeyStore } from './access-key-store.ts';
import { authorizeIam, iamRegion } from './authorize-iam.ts';
import { createRole } from './create-role.ts';
import type { IamCall, IamOperation } from './iam-call.ts';
import { deleteRole, getRole, listRoles, updateAssumeRolePolicy, updateRole } from './role-operations.ts';
import {
  attachRolePolicy,
  deleteRolePolicy,
  detachRolePolicy,
  listAttachedRolePolicies,
  listRolePolicies,
  putRolePolicy,
} from './role-policy-operations.ts';
import type { RoleStore } from './role-store.ts';

export interface IamOptions {
  readonly accessKeys: AccessKeyStore;
  readonly roles: RoleStore;
  readonly authenticate: Authenticate;
  readonly faults: Faults;
  readonly now: () => number;
  readonly closing: AbortSignal;
}

/** What is built: what a key's rotation needs, and whoever makes and changes a role. */
const operations: Readonly<Record<string, IamOperation>> = {
  AttachRolePolicy: attachRolePolicy,
  CreateAccessKey: createAccessKey,
  CreateRole: createRole,
  DeleteAccessKey: deleteAccessKey,
  DeleteRole: deleteRole,
  DeleteRolePolicy: deleteRolePolicy,
  DetachRolePolicy: detachRolePolicy,
  GetRole: getRole,
  ListAccessKeys: listAccessKeys,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  ListRolePolicies: listRolePolicies,
  ListRoles: listRoles,
  PutRolePolicy: putRolePolicy,
  UpdateAccessKey: updateAccessKey,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  UpdateRole: updateRole,
};

const version = '2010-05-08';
const namespace = `https://iam.amazonaws.com/doc/${version}/`;

/** IAM's Query protocol: find the operation, authenticate, meet a fault, check, authorize, run, answer. */
export function createIam(options: IamOptions): (request: AwsRequest) => Promise<Outcome> {
  const { accessKeys, roles, authenticate, faults, now, closing } = options;
  return async (request) => {
    try {
      const parameters = parseParameters(request);
      const { name, operation } = findOperation(parameters);
      // A tool that is given this address for IAM's own signs for the region that it is set to, as botocore does.
      const { caller } = authenticate(request, { service: 'iam', regions: [iamRegion, roles.world.region] });
      const perform = (): Answer => {
        const common = { parameters, caller, accessKeys, roles, world: roles.world };
        const call: IamCall = { ...common, sourceIp: request.sourceIp, nowMs: now() };
        const target = operation.toTarget(call);
        for (const action of [`iam:${name}`, ...(operation.furtherActions?.(call) ?? [])])
          authorizeIam(call, action, target);
        const result = operation.run(call);
        const { requestId } = request;
        return xmlAnswer(200, toResultXml(name, result, requestId, namespace), requestId);
      };
      return await meetFault(faults.take('iam', name), {
        process: async () => answerErrors(request, perform),
        refuse: (kind) => toErrorAnswer(toFault(kind, { name, callerArn: caller.arn }), request),
        garbage: `<${name}Response xmlns="${namespace}">\n  <${name}Result>\n    <Acc`,
        contentType: 'text/xml',
        closing,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { kind: 'answer', answer: toErrorAnswer(error, request) };
    }
  };
}

function answerErrors(request: AwsRequest, perform: () => Answer): Answer {
  try {
    return perform();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return toErrorAnswer(error, request);
  }
}

function findOperation(parameters: Parameters): { readonly name: string; readonly operation: IamOperation } {
  const name = parameters.get('Action');
  if (!name) throw new AwsError('MissingAction', 400, 'The request must contain the parameter Action');
  const requested = parameters.get('Version') ?? 'NO_VERSION_SPECIFIED';
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation !== undefined && requested === version) return { name, operation };
  const shown = `${name.slice(0, 128)} for version ${requested.slice(0, 64)}`;
  throw new AwsError('InvalidAction', 400, `Could not find operation ${shown}`);
}

const toErrorAnswer = (error: AwsError, { requestId }: AwsRequest): Answer =>
  xmlAnswer(error.status, toErrorXml(error, requestId, namespace), requestId);

function toFault(
  kind: string,
  { name, callerArn }: { readonly name: string; readonly callerArn: string },
): AwsError {
  if (kind === 'throttle') return new AwsError('Throttling', 400, 'Rate exceeded');
  if (kind === 'accessdenied') {
    const message = toAccessDeniedMessage(callerArn, { action: `iam:${name}`, resource: '*' });
    return new AwsError('AccessDenied', 403, message);
  }
  const message = 'The request processing has failed because of an unknown error, exception or failure.';
  return new AwsError('ServiceFailure', 500, message);
}
