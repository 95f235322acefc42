import { toInstantText } from '../../instant-text.ts';
import { toPrintable, toPrintableJson, toPrintableLines } from '../../printable.ts';
import { toBold } from '../../render-table.ts';
import type { Terminal } from '../../terminal.ts';
import { type RevocationView, toScopeText } from './revocation-view.ts';

type Policy = RevocationView['policies'][number];

const stateTexts: Readonly<Record<Policy['state'], string>> = {
  PRINTED: 'not applied: somebody with credentials of that account has to',
  APPLYING: 'perhaps applied: look, or apply it yourself',
  APPLIED: 'applied by Daypass',
  FAILED: 'NOT applied: it could not be',
  REMOVED: 'taken off again: all that it ended has expired',
  LEFT: 'applied, and could not be taken off again for a week',
};

/** What was done, what somebody has to do, and what nothing ends. */
export function renderRevocation(revocation: RevocationView, { printsForPeople }: Terminal): string {
  const toHeading = (text: string) => (printsForPeople ? toBold(text) : text);
  const { id, before, policies, takesEffect, ends, cannotEnd } = revocation;
  const until = before === undefined ? '' : `, sessions from before ${toInstantText(before)}`;
  return [
    `${toHeading(toPrintable(`revocation ${id}`))}: ${toPrintable(`${toScopeText(revocation)}${until}`)}`,
    ...policies.flatMap((policy) => ['', ...toPolicyLines(policy, toHeading)]),
    ...toList(toHeading('takes effect'), [takesEffect]),
    ...toList(toHeading('ends'), ends),
    ...toList(toHeading('does not end'), cannotEnd),
    '',
  ].join('\n');
}

function toPolicyLines(policy: Policy, toHeading: (text: string) => string): readonly string[] {
  const { attachTo, state, detail, removableAt } = policy;
  const isThere = state === 'APPLIED' || state === 'REMOVED';
  return [
    `${toHeading(toPrintable(`${attachTo.type} ${attachTo.arn}`))}: ${stateTexts[state] ?? toPrintable(state)}`,
    ...(detail === undefined ? [] : [`  ${toPrintable(detail)}`]),
    `  can be taken off from ${toPrintable(toInstantText(removableAt))} on`,
    ...(isThere ? [] : toApplying(policy)),
  ];
}

/** The commands stand at the beginning of a line, to be copied. */
const toApplying = ({ policy, apply, remove }: Policy): readonly string[] => [
  '  the policy:',
  ...toPrintableJson(policy, 2)
    .split('\n')
    .map((line) => `    ${line}`),
  `  to apply it, with credentials of that account:`,
  '',
  toPrintableLines(apply),
  '',
  `  and later, to take it off:`,
  '',
  toPrintableLines(remove),
];

const toList = (heading: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : ['', `${heading}:`, ...items.map((item) => `  - ${toPrintable(item)}`)];
