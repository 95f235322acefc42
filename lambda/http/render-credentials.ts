import {
  toContainerDocument,
  toIniSection,
  toProcessDocument,
  toShellLines,
  toStsCredentials,
} from '../core/credential-texts.ts';
import type { Issued } from '../core/issue.ts';
import type { GivenSession } from '../core/ports.ts';
import type { CredentialFormat } from './credential-schemas.ts';
import type { EndpointResponse } from './endpoint.ts';

/** Renders issued credentials. The issuance's id is a header of every format. */
export function renderCredentials(issued: Issued<GivenSession>, format: CredentialFormat): EndpointResponse {
  return {
    status: 200,
    headers: { 'Daypass-Issuance-Id': issued.intent.id },
    body: renderers[format](issued),
  };
}

/** As the SDKs' container provider reads them, with the issuance's id in a header. */
export function renderContainerCredentials({ intent, answer }: Issued<GivenSession>): EndpointResponse {
  return {
    status: 200,
    headers: { 'Daypass-Issuance-Id': intent.id },
    body: toContainerDocument(answer.credentials),
  };
}

const renderers: Readonly<Record<CredentialFormat, (issued: Issued<GivenSession>) => unknown>> = {
  /** As `aws sts assume-role` prints it, with the issuance's id. */
  sts: ({ intent, answer }) => ({
    IssuanceId: intent.id,
    Credentials: toStsCredentials(answer.credentials),
    ...toUser(answer),
    ...(answer.packedPolicySize === undefined ? {} : { PackedPolicySize: answer.packedPolicySize }),
    ...(intent.sourceIdentity === undefined ? {} : { SourceIdentity: intent.sourceIdentity }),
  }),
  process: ({ answer }) => toProcessDocument(answer.credentials),
  posix: ({ answer }) => toShellLines.posix(answer.credentials),
  fish: ({ answer }) => toShellLines.fish(answer.credentials),
  powershell: ({ answer }) => toShellLines.powershell(answer.credentials),
  /** A section for the shared credentials file, named after the profile or the integration where there is one. */
  ini: ({ intent: { profile, integration }, answer }) =>
    toIniSection(answer.credentials, profile ?? integration ?? 'daypass-session'),
};

/** As STS names the user in its answer; GetSessionToken and AssumeRoot name none. */
const toUser = ({ assumedRole, federatedUser }: GivenSession): object => ({
  ...(assumedRole === undefined
    ? {}
    : { AssumedRoleUser: { AssumedRoleId: assumedRole.assumedRoleId, Arn: assumedRole.arn } }),
  ...(federatedUser === undefined
    ? {}
    : { FederatedUser: { FederatedUserId: federatedUser.federatedUserId, Arn: federatedUser.arn } }),
});
