/**
 * `prefix:name`, such as `aws:SourceIp`, `claims:groups` or `oidc.example.com/id/1:sub`. The name may hold spaces
 * (tag keys do) and colons; wildcards and variables are not resolved in keys, so they are refused instead of
 * becoming a key that nothing has.
 */
const conditionKeySyntax = /^[^\s:*?{}',]+:[^*?{}',]+$/;

/** What `isConditionKey` takes, for messages. */
export const conditionKeyForm =
  "a condition key such as aws:SourceIp: prefix, colon, name, without * ? { } ' or ,";

export function isConditionKey(text: string): boolean {
  return conditionKeySyntax.test(text) && text.trim() === text;
}

/** Condition keys are compared without regard to case; request contexts hold them in this form. */
export function normalizeConditionKey(key: string): string {
  return key.toLowerCase();
}
