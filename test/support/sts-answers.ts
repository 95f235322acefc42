import type { AssumeRoleRequest } from '../../lambda/core/ports.ts';
import { anId, secrets } from './an-issuance.ts';
import type { Respond } from './loopback-server.ts';

export const anAssumeRole = (changes: Partial<AssumeRoleRequest> = {}): AssumeRoleRequest => ({
  roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
  roleSessionName: `alice@example.com-${anId}-0123456789abcdef`,
  durationSeconds: 900,
  sessionTags: {},
  transitiveTagKeys: [],
  managedPolicyArns: [],
  ...changes,
});

export const answered = {
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  ...secrets,
  expiration: '2026-01-01T00:15:00Z',
  arn: `arn:aws:sts::222222222222:assumed-role/ReadOnly/${anAssumeRole().roleSessionName}`,
  assumedRoleId: `AROA3XFRBF535PLBIFPI4:${anAssumeRole().roleSessionName}`,
};

const element = (name: string, value: string | undefined) =>
  value === undefined ? '' : `<${name}>${value}</${name}>`;

/** STS's answer, as its API reference shows it. */
export const anStsAnswer = (
  changes: Partial<Record<keyof typeof answered | 'packedPolicySize', string | undefined>> = {},
) => {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, arn, assumedRoleId, packedPolicySize } = {
    packedPolicySize: '6',
    ...answered,
    ...changes,
  };
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser>${element('Arn', arn)}${element('AssumedRoleId', assumedRoleId)}</AssumedRoleUser>
    <Credentials>
      ${element('AccessKeyId', accessKeyId)}
      ${element('SecretAccessKey', secretAccessKey)}
      ${element('SessionToken', sessionToken)}
      ${element('Expiration', expiration)}
    </Credentials>
    ${element('PackedPolicySize', packedPolicySize)}
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>
</AssumeRoleResponse>`;
};

export const anStsError = (code: string, message = 'no') =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

export const stsRequestId = 'c6104cbe-af31-11e0-8154-cbc7ccf896c7';

/** An answer with STS's headers. */
export const sendXml =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Respond =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': stsRequestId, ...headers })
      .end(body);
