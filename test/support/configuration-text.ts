/** A configuration as it is written, in which every line can be found by a piece of its text. */
export const configurationText = `\
# yaml-language-server: $schema=./daypass.schema.json
deployment:
  accountId: "111111111111"
  region: eu-west-1
  stage: prod
owner: platform@example.com
requestAccessUrl: https://wiki.example.com/aws
issuers:
  okta:
    type: oidc
    issuer: https://example.okta.com
    audience: [daypass]
    algorithms: [RS256]
    maxAgeSeconds: 3600
    claims:
      groups: { claim: /groups, type: list }
      team: { claim: /team, type: string }
    mfa: { amr: [mfa] }
  github:
    type: oidc
    issuer: https://token.actions.githubusercontent.com
    audience: daypass-ci
    claims:
      owner: { claim: /repository_owner_id, type: string }
    admit:
      - Effect: Allow
        Condition: { StringEquals: { "claims:owner": "1234567" } }
profiles:
  reports:
    description: Reads reports
    mechanism: assume-role
    roleArn: arn:aws:iam::222222222222:role/daypass/Reports
    duration: { defaultSeconds: 900, maxSeconds: 3600 }
    sessionTags: { Team: "\${claims:team}" }
    transitiveTagKeys: [Team]
    acceptedTagKeys: [Purpose]
    externalId: daypass-7f3a9c52
    managedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
    sessionPolicy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action: s3:GetObject
          Resource: "arn:aws:s3:::reports/\${claims:team}/*"
    trust:
      - Sid: Teams
        Effect: Allow
        Principal: { Federated: okta }
        Condition:
          "ForAnyValue:StringEquals": { "claims:groups": [sre] }
audit:
  retentionDays: 400
  trust:
    - Effect: Allow
      Principal: { Federated: okta }
      Condition: { Bool: { "daypass:MultiFactorAuthPresent": "true" } }
`;
