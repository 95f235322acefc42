import type * as z from 'zod';
import type { explainAnswer, explainIntegrationAnswer } from '../../lambda/http/credential-schemas.ts';
import { toPrintableJson } from './printable.ts';
import { type Fact, renderFacts } from './render-facts.ts';
import { toSpanText } from './span-text.ts';
import type { Terminal } from './terminal.ts';

export type Explanation = z.output<typeof explainAnswer> | z.output<typeof explainIntegrationAnswer>;
type Allow = Extract<Explanation, { readonly effect: 'Allow' }>;
type Deny = Extract<Explanation, { readonly effect: 'Deny' }>;

export function renderExplanation(explanation: Explanation, terminal: Terminal): string {
  const { effect } = explanation;
  const asked: Fact =
    'profile' in explanation ? ['profile', explanation.profile] : ['integration', explanation.integration];
  if (effect === 'Deny')
    return renderFacts([['effect', effect], asked, ...toDenyFacts(explanation)], terminal);
  const facts = renderFacts([['effect', effect], asked, ...toAllowFacts(explanation, terminal)], terminal);
  const { sessionPolicy } = explanation;
  // For people it stands below, where it can be read; a line of a program's has it in one.
  if (sessionPolicy === undefined || !terminal.printsForPeople) return facts;
  return `${facts}\n${toPrintableJson(sessionPolicy, 2)}\n`;
}

const maximumReasons: Readonly<Record<Allow['duration']['maximumSetBy'], string>> = {
  settings: 'set for it',
  'role-chaining': 'by AWS STS for sessions from sessions',
  sts: 'by AWS STS',
};

const enforcementTexts: Readonly<Record<Allow['enforcement'], string>> = {
  enforced: 'enforced',
  recorded: 'recorded: whoever holds your own proof can have the same of AWS without daypass',
};

function toAllowFacts(allow: Allow, { printsForPeople }: Terminal): readonly Fact[] {
  const { duration, sessionTags, transitiveTagKeys, policySize, sessionPolicy } = allow;
  const { estimatedPackedPercent } = policySize;
  return [
    ['statement', allow.statement],
    ['mechanism', `${allow.mechanism}, ${enforcementTexts[allow.enforcement]}`],
    ...allow.roleArns.map((arn): Fact => ['role', arn]),
    ['root of', allow.targetPrincipal],
    ['task policy', allow.taskPolicyArn],
    ['duration', toDurationText(duration)],
    ...Object.entries(sessionTags).map(
      ([key, value]): Fact => [
        'tag',
        `${key}=${value}${transitiveTagKeys.includes(key) ? ' (transitive)' : ''}`,
      ],
    ),
    ['source identity', allow.sourceIdentity],
    ...allow.managedPolicyArns.map((arn): Fact => ['managed policy', arn]),
    ['policy size', `${policySize.characters} of ${policySize.maximumCharacters} characters`],
    [
      'packed size',
      estimatedPackedPercent &&
        `about ${estimatedPackedPercent} percent of what AWS STS takes, tags included`,
    ],
    [
      'session policy',
      sessionPolicy === undefined
        ? "none: all that the role's own policies allow"
        : printsForPeople
          ? 'below'
          : toPrintableJson(sessionPolicy),
    ],
  ];
}

function toDurationText({ seconds, setBy, maximumSeconds, maximumSetBy }: Allow['duration']): string {
  const asked = setBy === 'request' ? 'as asked for' : 'its default';
  return `${toSpanText(seconds)} (${asked}); at most ${toSpanText(maximumSeconds)}, ${maximumReasons[maximumSetBy]}`;
}

const toDenyFacts = (deny: Deny): readonly Fact[] => [
  ['code', deny.code],
  ['why', deny.message],
  ['owner', deny.owner],
  ['ask for access', deny.requestAccessUrl],
  ['suspended', deny.suspension?.reason],
  ['detail', deny.detail],
  ['statement', deny.statement],
  [
    'nearest Allow',
    deny.nearestMiss && `${deny.nearestMiss.statement}, failed: ${deny.nearestMiss.failed.join(', ')}`,
  ],
];
