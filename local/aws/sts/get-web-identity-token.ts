import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { Caller } from '../caller.ts';
import { type ContextEntries, tagContext, toIsoSeconds } from '../principal-context.ts';
import { type WebIdentityAlgorithm, webIdentityAlgorithms } from '../web-identity-issuers.ts';
import { checkCount, checkNumber, checkText, requireNoProblems, validationError } from './constraints.ts';
import { memberFields, members, type Parameters } from './query-protocol.ts';
import { requireAllowed } from './require-allowed.ts';
import { requireRegionalEndpoint } from './require-regional-endpoint.ts';
import { checkTags, parseDuration, toSessionParameters } from './session-parameters.ts';
import type { JsonObject, StsCall, StsOperation, StsResult } from './sts-call.ts';

const seconds = { min: 60, max: 3600, default: 300 };
const maximumAudiences = 10;
/** Bytes of the claims as JSON. AWS publishes no number: a guess that a token of 50 small tags keeps within. */
const maximumPayloadBytes = 8192;

export const getWebIdentityToken: StsOperation = { run, toRequestParameters };

function run(call: StsCall): StsResult {
  const { caller, world, nowMs, ownIssuers } = call;
  requireRegionalEndpoint(call, 'GetWebIdentityToken');
  const request = parseRequest(call.parameters);
  requirePermission(call, request);
  requireEnabled(call);
  const issuedAt = Math.floor(nowMs / 1000);
  const expiresAt = issuedAt + request.durationSeconds;
  requireWithinSession(caller, expiresAt);
  const claims = {
    iss: ownIssuers.issuerOf(caller.accountId),
    aud: request.audiences.length === 1 ? request.audiences[0] : request.audiences,
    sub: toSubject(caller),
    iat: issuedAt,
    exp: expiresAt,
    jti: randomUUID(),
    'https://sts.amazonaws.com/': toAwsClaims(
      call,
      request,
      world.accounts.get(caller.accountId)?.organizationId,
    ),
  };
  if (Buffer.byteLength(JSON.stringify(claims)) > maximumPayloadBytes) {
    throw new AwsError(
      'JWTPayloadSizeExceededException',
      400,
      'The requested token payload size exceeds the maximum allowed size.',
    );
  }
  const expiration = toIsoSeconds(expiresAt * 1000);
  return {
    result: {
      WebIdentityToken: ownIssuers.sign(caller.accountId, request.algorithm, claims),
      Expiration: expiration,
    },
    responseElements: null,
  };
}

interface TokenRequest {
  readonly audiences: readonly string[];
  readonly durationSeconds: number;
  readonly algorithm: WebIdentityAlgorithm;
  readonly tags: ReadonlyMap<string, string>;
}

function parseRequest(parameters: Parameters): TokenRequest {
  const audiences = members(parameters, 'Audience');
  const duration = parseDuration(parameters.get('DurationSeconds')) ?? seconds.default;
  const algorithm = parameters.get('SigningAlgorithm');
  const tags = memberFields(parameters, 'Tags', ['Key', 'Value']);
  requireNoProblems([
    ...(audiences.length === 0 ? checkText('audience', undefined, { required: true, minLength: 1 }) : []),
    ...checkCount('audience', audiences.length, maximumAudiences),
    ...audiences.flatMap((audience, index) =>
      checkText(`audience.${index + 1}.member`, audience, { required: true, minLength: 1, maxLength: 1000 }),
    ),
    ...checkNumber('durationSeconds', duration, seconds.min, seconds.max),
    ...checkText('signingAlgorithm', algorithm, { required: true, minLength: 5, maxLength: 5 }),
    ...checkTags(tags),
  ]);
  const known = webIdentityAlgorithms.find((name) => name === algorithm);
  if (known === undefined) {
    throw validationError(`SigningAlgorithm must be one of ${webIdentityAlgorithms.join(', ')}`);
  }
  const session = toSessionParameters({
    tags,
    policyArns: [],
    policy: undefined,
    durationSeconds: undefined,
    problems: [],
  });
  return { audiences, durationSeconds: duration, algorithm: known, tags: session.tags };
}

/** Tags are an action of their own. Source: service authorization reference, STS. */
function requirePermission(
  call: StsCall,
  { audiences, durationSeconds, algorithm, tags }: TokenRequest,
): void {
  const context: ContextEntries = [
    ['sts:identitytokenaudience', audiences],
    ['sts:durationseconds', String(durationSeconds)],
    ['sts:signingalgorithm', algorithm],
    ...tagContext('aws:requesttag', [...tags]),
    ...(tags.size === 0 ? [] : [['aws:tagkeys', [...tags.keys()]] as const]),
  ];
  requireAllowed(call, { action: 'sts:GetWebIdentityToken', context });
  if (tags.size > 0) requireAllowed(call, { action: 'sts:TagGetWebIdentityToken', context });
}

function requireEnabled({ caller, world }: StsCall): void {
  if (world.accounts.get(caller.accountId)?.outboundWebIdentityFederation === true) return;
  throw new AwsError(
    'OutboundWebIdentityFederationDisabledException',
    403,
    'The outbound web identity federation feature is not enabled for this account.',
  );
}

function requireWithinSession(caller: Caller, expiresAt: number): void {
  if (!('session' in caller) || expiresAt <= caller.session.expiresAtSeconds) return;
  throw new AwsError(
    'SessionDurationEscalationException',
    403,
    'The requested token duration would extend the session beyond its original expiration time.',
  );
}

/** The role's own ARN, with its path, not the session's. */
const toSubject = (caller: Caller): string => ('role' in caller ? caller.role.arn : caller.arn);

/** Source: IAM guide, "Understanding token claims". What doesn't apply is left out. */
function toAwsClaims(
  { caller, region }: StsCall,
  { tags }: TokenRequest,
  organizationId?: string,
): JsonObject {
  const { tags: own, sourceIdentity, federatedProvider, expiresAtSeconds } = readSession(caller);
  return {
    aws_account: caller.accountId,
    source_region: region,
    ...(organizationId === undefined ? {} : { org_id: organizationId }),
    principal_id: toSubject(caller),
    ...(Object.keys(own).length === 0 ? {} : { principal_tags: own }),
    ...(sourceIdentity === undefined ? {} : { source_identity: sourceIdentity }),
    ...(federatedProvider === undefined ? {} : { federated_provider: federatedProvider }),
    ...(expiresAtSeconds === undefined
      ? {}
      : { original_session_exp: toIsoSeconds(expiresAtSeconds * 1000) }),
    ...(tags.size === 0 ? {} : { request_tags: Object.fromEntries(tags) }),
  };
}

interface SessionClaims {
  readonly tags: Readonly<Record<string, string>>;
  readonly sourceIdentity?: string | undefined;
  readonly federatedProvider?: string | undefined;
  readonly expiresAtSeconds?: number;
}

function readSession(caller: Caller): SessionClaims {
  if (caller.type !== 'session') return { tags: {} };
  const { session, role } = caller;
  return {
    tags: { ...role.tags, ...session.tags },
    sourceIdentity: session.sourceIdentity,
    federatedProvider: session.federation?.providerArn,
    expiresAtSeconds: session.expiresAtSeconds,
  };
}

/** The token itself is in no record. */
function toRequestParameters({ parameters }: StsCall): JsonObject {
  const duration = parameters.get('DurationSeconds');
  const algorithm = parameters.get('SigningAlgorithm');
  const tags = memberFields(parameters, 'Tags', ['Key', 'Value']);
  return {
    audience: members(parameters, 'Audience'),
    ...(duration !== undefined && /^\d{1,9}$/.test(duration) ? { durationSeconds: Number(duration) } : {}),
    ...(algorithm === undefined ? {} : { signingAlgorithm: algorithm }),
    ...(tags.length === 0
      ? {}
      : { tags: tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })) }),
  };
}
