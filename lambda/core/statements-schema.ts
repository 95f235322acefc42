import * as z from 'zod';

const statement = (elements: readonly string[]) =>
  z.record(z.string(), z.unknown(), { error: `a statement: an object with ${elements.join(', ')}` });

/** Statements are checked by the policy compiler, which knows more than a schema can say; editors get their shape. */
export const statements = (elements: readonly string[]) =>
  z.array(statement(elements), { error: 'a list of statements' }).meta({
    items: {
      type: 'object',
      additionalProperties: false,
      required: elements.filter((element) => element === 'Effect' || element === 'Principal'),
      properties: Object.fromEntries(elements.map((element) => [element, statementElements[element]])),
    },
  });

const oneOrMore = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] };

const statementElements: Readonly<Record<string, unknown>> = {
  Sid: { type: 'string', description: 'Names the statement in decisions and audit records' },
  Effect: { enum: ['Allow', 'Deny'] },
  Principal: {
    description: 'Issuers by name; "*" in a Deny',
    anyOf: [
      { const: '*' },
      {
        type: 'object',
        additionalProperties: false,
        required: ['Federated'],
        properties: { Federated: oneOrMore },
      },
    ],
  },
  Condition: {
    type: 'object',
    description: 'IAM condition operators over claims:<name> and daypass:<key>',
    additionalProperties: { type: 'object' },
  },
};
