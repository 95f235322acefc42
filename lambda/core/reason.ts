/** What is allowed as the reason of an issuance. */
export const reasonAllowed = '1–256 printable characters that hold no secret key or token';

/** Whether this can be kept as a reason: one line of text that a log or a terminal shows as it is. */
export const isReason = (value: string) =>
  /^[^\p{C}\p{Zl}\p{Zp}]{1,256}$/u.test(value) && !holdsSecret(value);

/** A secret access key's shape (40 characters that are not a hexadecimal digest), or the beginning of a JWT. */
function holdsSecret(value: string): boolean {
  const candidates = value.match(/(?<![\w/+=])[\w/+=]{40,}(?![\w/+=])/g) ?? [];
  return (
    candidates.some((candidate) => !/^[0-9a-f]+$/i.test(candidate)) || /\beyJ[\w-]{8,}\.[\w-]+/.test(value)
  );
}
