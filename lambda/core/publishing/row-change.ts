/** What the tables hold whose changes are told. */
export const publishedTables = ['issuances', 'findings', 'integrations', 'controls'] as const;

export type PublishedTable = (typeof publishedTables)[number];

/** What became of one row: as it was before, and as it is. */
export interface RowChange {
  readonly table: PublishedTable;
  /** Where the change stands in the stream: what is reported as not done is handed over again. */
  readonly position: string;
  /** The row's key, which tells an operator which row it is. */
  readonly key: string;
  /** Absent: it was not there before. */
  readonly before?: Row;
  /** Absent: it is gone. */
  readonly after?: Row;
  /** Which of the two holds what cannot be held here: `before` is absent then, and `after` empty. @default none */
  readonly unreadable?: readonly Image[];
  /** Whether DynamoDB itself did it, in this region. */
  readonly isByDynamodb: boolean;
  /** Epoch seconds of the change, as far as DynamoDB tells. */
  readonly atSeconds?: number;
}

export type Image = 'before' | 'after';

/** Attributes by name, unchecked. */
export type Row = Readonly<Record<string, unknown>>;
