/** One row: a document that is refused for one reason, at one place. */
export interface RefusalRow {
  readonly name: string;
  readonly grammar: 'identity' | 'trust' | 'statements';
  readonly document: unknown;
  readonly path: readonly (string | number)[];
  /** Part of what the problem says is allowed. */
  readonly allowed: string;
}

export type Row = readonly [name: string, document: unknown, path: RefusalRow['path'], allowed: string];

export const Version = '2012-10-17';
export const allow = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' };

export const inStatement = (statement: object) => ({ Version, Statement: [statement] });

export const toRows = (grammar: RefusalRow['grammar'], rows: readonly Row[]): readonly RefusalRow[] =>
  rows.map(([name, document, path, allowed]) => ({ name, grammar, document, path, allowed }));
