/** Characters (UTF-16 code units). */
const maxSubjectLength = 1024;

/** What `isSubject` takes, for messages. */
export const subjectForm = `a string of 1–${maxSubjectLength} characters that can all be seen`;

/** Whether a value can name somebody, to people as well as to machines. */
export function isSubject(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= maxSubjectLength &&
    // Controls, direction overrides, invisible characters, line separators: two subjects could look like one.
    !/[\p{C}\p{Zl}\p{Zp}]/u.test(value) &&
    value.isWellFormed()
  );
}
