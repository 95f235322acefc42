/** Characters (UTF-16 code units). */
const maxSubjectLength = 1024;

/** What `isSubject` takes, for messages. */
export const subjectForm = `a string of 1–${maxSubjectLength} characters that can all be seen, without spaces at its ends`;

/** Whether a value can name somebody, to people as well as to machines. */
export function isSubject(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= maxSubjectLength &&
    // Controls, direction overrides, invisible characters, line separators: two subjects could look like one.
    !/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufffd]|^\p{Z}|\p{Z}$/u.test(value) &&
    value.isWellFormed()
  );
}
