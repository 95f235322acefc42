import { AwsError } from '../aws-error.ts';

/** The limits of a parameter, in the terms of the STS service model. Lengths are in characters, not in bytes. */
export interface TextConstraint {
  readonly required?: true;
  readonly minLength: number;
  readonly maxLength?: number;
  readonly pattern?: { readonly test: RegExp; readonly shown: string };
}

/** What's wrong with the value, in STS's words; nothing when it's fine. */
export function checkText(
  name: string,
  value: string | undefined,
  { required, minLength, maxLength, pattern }: TextConstraint,
): readonly string[] {
  if (value === undefined) return required ? [fail(name, undefined, 'not be null')] : [];
  const length = [...value].length;
  return [
    ...(pattern === undefined || pattern.test.test(value)
      ? []
      : [fail(name, value, `satisfy regular expression pattern: ${pattern.shown}`)]),
    ...(length < minLength ? [fail(name, value, `have length greater than or equal to ${minLength}`)] : []),
    ...(maxLength !== undefined && length > maxLength
      ? [fail(name, value, `have length less than or equal to ${maxLength}`)]
      : []),
  ];
}

export function checkCount(name: string, count: number, maximum: number): readonly string[] {
  return count > maximum
    ? [fail(name, `[${count} members]`, `have length less than or equal to ${maximum}`)]
    : [];
}

export function checkNumber(
  name: string,
  value: number,
  minimum: number,
  maximum: number,
): readonly string[] {
  if (value < minimum) {
    return [fail(name, String(value), `have value greater than or equal to ${minimum}`)];
  }
  return value > maximum ? [fail(name, String(value), `have value less than or equal to ${maximum}`)] : [];
}

/** @throws AwsError ValidationError that lists all of them, as STS does. */
export function requireNoProblems(problems: readonly string[]): void {
  if (problems.length === 0) return;
  const found = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`;
  throw validationError(`${found}: ${problems.join('; ')}`);
}

export const validationError = (message: string): AwsError => new AwsError('ValidationError', 400, message);

function fail(name: string, value: string | undefined, must: string): string {
  const shown = value === undefined ? 'null' : `'${value}'`;
  return `Value ${shown} at '${name}' failed to satisfy constraint: Member must ${must}`;
}
