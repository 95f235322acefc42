import type { PolicyText, PolicyTextPart } from './policy-text.ts';

const arnFields = 6;

/**
 * The six fields of `arn:partition:service:region:account:resource`; the resource keeps its own colons.
 * `undefined` when there are fewer, or when the first is not `arn`.
 *
 * Only colons that stand in the policy part fields. One in a variable's value does not, so that no caller can
 * move the border between account and resource with a claim of its own.
 */
export function splitArn(text: PolicyText): readonly PolicyText[] | undefined {
  const fields: PolicyTextPart[][] = [[]];
  for (const part of text) {
    if (part.type !== 'text') {
      fields.at(-1)?.push(part);
      continue;
    }
    const [first = '', ...others] = splitAtColons(part.text, arnFields - fields.length);
    fields.at(-1)?.push({ type: 'text', text: first });
    fields.push(...others.map((field) => [{ type: 'text', text: field } as const]));
  }
  return fields.length === arnFields && isWord(fields[0], 'arn') ? fields : undefined;
}

/** The six fields of an ARN without variables, such as a request's. */
export function splitPlainArn(arn: string): readonly string[] | undefined {
  const fields = splitAtColons(arn, arnFields - 1);
  return fields.length === arnFields && fields[0] === 'arn' ? fields : undefined;
}

function splitAtColons(text: string, atMost: number): readonly string[] {
  const pieces = text.split(':');
  if (pieces.length <= atMost + 1) return pieces;
  return [...pieces.slice(0, atMost), pieces.slice(atMost).join(':')];
}

function isWord(field: PolicyText | undefined, word: string): boolean {
  return field?.length === 1 && field[0]?.type === 'text' && field[0].text === word;
}
