import type { AnsweredRevocation, ManageRevocations } from '../core/controls/manage-revocations.ts';
import type { PolicyHolder, Revocation, RevocationPolicy } from '../core/controls/revocation.ts';
import { toRevocationDocument } from '../core/controls/revocation-document.ts';
import { InvalidRequestError } from '../core/errors.ts';
import { isIssuanceId } from '../core/issuance.ts';
import { revocationsQuery, revokeAllBody, revokeBody } from '../http/control-schemas.ts';
import type { Endpoint, EndpointResponse } from '../http/endpoint.ts';
import { parseQuery, parseRequest } from '../http/parse-request.ts';
import { toCaller } from './integration-request.ts';

/** `POST /v1/issuances/{id}/revocation` */
export const createRevokeIssuance =
  ({ revokeIssuance }: Pick<ManageRevocations, 'revokeIssuance'>): Endpoint =>
  async (request) => {
    const { reason } = parseRequest('body', revokeBody, request.body);
    return toAnswer(await revokeIssuance(toCaller(request), request.pathParameters['id'] ?? '', reason));
  };

/** `POST /v1/revocations` */
export const createRevokeAll =
  ({ revokeAll }: Pick<ManageRevocations, 'revokeAll'>): Endpoint =>
  async (request) => {
    const { principal, roleArn, before, reason } = parseRequest('body', revokeAllBody, request.body);
    if ((principal === undefined) === (roleArn === undefined))
      throw new InvalidRequestError(
        'cannot take body; allowed: exactly one of principal and roleArn, beside before and reason',
      );
    const scope =
      principal === undefined
        ? ({ kind: 'role', roleArn: roleArn ?? '', before } as const)
        : ({ kind: 'principal', ...principal, before } as const);
    return toAnswer(await revokeAll(toCaller(request), scope, reason));
  };

const defaultLimit = 25;

/** `GET /v1/revocations?limit=&cursor=` */
export const createListRevocations =
  ({ list }: Pick<ManageRevocations, 'list'>): Endpoint =>
  async (request) => {
    const { limit = defaultLimit, cursor } = parseQuery(revocationsQuery, request.query);
    if (cursor !== undefined && !isIssuanceId(cursor))
      throw new InvalidRequestError('cannot take query.cursor; allowed: the nextCursor of an answer');

    const { items, next } = await list(toCaller(request), {
      limit,
      ...(cursor === undefined ? {} : { after: cursor }),
    });

    return {
      status: 200,
      body: { revocations: items.map(toView), ...(next === undefined ? {} : { nextCursor: next }) },
    };
  };

const toAnswer = ({ revocation, cannotEnd }: AnsweredRevocation): EndpointResponse => ({
  status: 200,
  body: { ...toView(revocation), takesEffect, ends, cannotEnd },
});

/** Source: IAM guide, "Disabling permissions for temporary security credentials". */
const takesEffect =
  'a policy works within seconds as a rule, and IAM says that it may be minutes: until then a call may still pass';

const ends = [
  'calls with the credentials, whatever allows them: an explicit Deny wins over resource policies too',
  'presigned URLs: AWS decides when one is used, with the permissions of then',
  'the console, where a link signed in to it with this session: it says access denied wherever one goes',
];

function toView({ scope, expiresAtSeconds: _kept, policies, ...revocation }: Revocation): object {
  return { ...revocation, ...toNamed(scope), policies: policies.map(toPolicyView) };
}

function toNamed(scope: Revocation['scope']): object {
  switch (scope.kind) {
    case 'issuance':
      return { issuanceId: scope.issuanceId };
    case 'principal':
      return { principal: { issuer: scope.issuer, subject: scope.subject }, before: scope.before };
    case 'role':
      return { roleArn: scope.roleArn, before: scope.before };
  }
}

function toPolicyView({ holder, ends: sessions, policyName, ...policy }: RevocationPolicy): object {
  const document = toRevocationDocument(sessions);
  const named = toNames(holder, policyName);
  return {
    attachTo: { ...holder, accountId: holder.arn.split(':')[4] },
    policyName,
    policy: document,
    apply: `aws iam put-${holder.type}-policy ${named} --policy-document ${quote(JSON.stringify(document))}`,
    remove: `aws iam delete-${holder.type}-policy ${named}`,
    ...policy,
  };
}

const toNames = ({ type, arn }: PolicyHolder, policyName: string) =>
  `--${type}-name ${quote(arn.slice(arn.lastIndexOf('/') + 1))} --policy-name ${quote(policyName)}`;

/** For a POSIX shell. */
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
