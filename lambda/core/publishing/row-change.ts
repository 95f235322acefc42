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
  /** Whether it holds what cannot be held here: `after` is empty then, though the row is not. @default false */
  readonly isUnreadable?: boolean;
  /** Whether DynamoDB itself took it away, because its time was over. */
  readonly hasExpired: boolean;
}

/** Attributes by name, unchecked. */
export type Row = Readonly<Record<string, unknown>>;
