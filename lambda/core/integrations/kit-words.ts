import type { Integration } from './integration.ts';
import type { KitRole } from './kit-role.ts';
import type { BrokerPrincipals } from './kit-trust-policy.ts';
import { probeSeconds, probeSessionPrefix } from './plan-probe.ts';
import { probeSourceIdentity, probeTagValue } from './probe-shapes.ts';
import { isOver } from './wrong-external-ids.ts';

/** Markdown for the engineer on the other side. */
export function toWords(
  integration: Integration,
  {
    role,
    broker,
    nowMs,
  }: { readonly role: KitRole; readonly broker: BrokerPrincipals; readonly nowMs: number },
): string {
  return [
    `# A role for Daypass in account ${role.accountId}`,
    `${toText(integration.owner)} asks for the role ${toCode(integration.roleArn)}. Make it with one of the forms in this kit: they are the same role. CloudFormation asks to acknowledge \`CAPABILITY_NAMED_IAM\`, because the role has a fixed name. What its sessions may do is yours to say, by the policies that you attach; give no more than was agreed.`,
    '## What each part is for',
    toParts(integration, broker),
    ...toRotation(integration, nowMs),
    '## What is tested',
    toTests(integration),
    '## How to end it',
    "Delete the role, or the statement `DaypassWithExternalId`: from then on nobody enters. Sessions that were given before last until they expire; to end those too, use *Revoke active sessions* on the role's page in the IAM console. Then tell the owner above.",
    '',
  ].join('\n\n');
}

const toParts = (
  { setSourceIdentity, sessionTags, duration }: Integration,
  { accountId, issuerRoleArn, proberRoleArn }: BrokerPrincipals,
): string =>
  toList([
    `**Principal and \`aws:PrincipalArn\`**: of account ${accountId}, the two functions \`${issuerRoleArn}\`, which issues, and \`${proberRoleArn}\`, which only tests, may ask for the role. Nobody else of that account may.`,
    '**`sts:ExternalId`**: tells your role from those of other third parties, so that none of them can have Daypass enter yours. It is no password, and belongs in no other role. Compare it by `StringEquals`, as written.',
    ...(setSourceIdentity
      ? [
          '**`sts:SetSourceIdentity`**: every session carries who is behind it; your CloudTrail shows it as `sourceIdentity`. If sessions of this role go on to further roles, those need this permission too.',
        ]
      : []),
    ...(Object.keys(sessionTags).length > 0
      ? [
          `**\`sts:TagSession\`**: sessions carry the tags ${Object.keys(sessionTags)
            .map((key) => `\`${key}\``)
            .join(', ')}, which your policies can use as \`aws:PrincipalTag/…\`.`,
        ]
      : []),
    `**Maximum session duration**: Daypass asks for at most ${duration.maxSeconds} seconds.`,
  ]);

function toRotation({ externalIds }: Integration, nowMs: number): readonly string[] {
  const { next, previous = [] } = externalIds;
  const ending = previous.filter((one) => !isOver(one, nowMs)).map(({ acceptedUntil }) => acceptedUntil);
  if (next !== undefined) {
    return [
      '## A rotation is under way',
      'The trust policy has two ExternalIds, the current one and the next. Apply it as it is: nothing is interrupted. Once Daypass has proven the next one, this kit shows it alone.',
    ];
  }
  if (ending.length === 0) return [];
  return [
    '## A rotation is about to end',
    `What the trust policy had before as ExternalId may stay there until ${ending.join(' and ')}${ending.length > 1 ? ', the oldest first' : ''}. From then on the test fails if the role still takes it: apply the policy of this kit, which has the current one alone, before.`,
  ];
}

function toTests({ name, setSourceIdentity, sessionTags, duration }: Integration): string {
  const values = [
    ...(setSourceIdentity ? [`their source identity is \`${probeSourceIdentity}\``] : []),
    ...(Object.keys(sessionTags).length > 0
      ? [`where a session tag's value comes from the caller it is \`${probeTagValue}\``]
      : []),
  ];
  const own =
    values.length === 0
      ? ''
      : ` Tests name themselves: ${values.join(', and ')}; let conditions on these values take the tests' as well.`;
  const longest =
    duration.maxSeconds > probeSeconds ? ', one of them as long as the longest that is issued' : '';
  return `Before anything is issued, and again from time to time, Daypass asks for the role with the right ExternalId and must get a session; with changed and random ones, and without any, it must be refused.${own} No test can do anything in your account: its sessions last ${probeSeconds} seconds${longest}, carry a policy that denies everything, and are dropped at once. In your CloudTrail the granted ones are \`AssumeRole\` events whose \`roleSessionName\` begins with \`${probeSessionPrefix}\`. Refused ones are in our CloudTrail alone; none that succeeds with a wrong ExternalId may ever be in yours. The integration is called \`${name}\`.`;
}

const toList = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

/** Of what a manager wrote, nothing is markup. */
const toText = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>()#+!|~&]/g, (character) => `\\${character}`);

/** A role's path may hold a backtick. */
const toCode = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``);
