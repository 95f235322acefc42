/**
 * How an alarm is called, and what it says of itself.
 *
 * @param named `anchor`: of its entry in docs/runbook.md, where that is not the alarm's own name
 */
export const toAlarmNames = (
  stage: string,
  { name, what, anchor = name }: { readonly name: string; readonly what: string; readonly anchor?: string },
) => ({
  alarmName: `daypass-${stage}-${name}`,
  alarmDescription: `${what}. docs/runbook.md#${anchor}`,
});
