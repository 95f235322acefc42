import type { TablePlaceProps } from './table-place.ts';

/** This region's copies, by their names, which are the same in every region; the primary region's stack outputs them. */
export interface TableCopies {
  readonly issuances: string;
  readonly controls: string;
  readonly findings: string;
  readonly witnesses: string;
  /** Where the configuration has third parties. */
  readonly integrations?: string;
  /** As the primary region's `replicas` name it for this region. */
  readonly encryptionKeyArn: string;
}

export type CopiedTable = Exclude<keyof TableCopies, 'encryptionKeyArn'>;

interface PlaceOptions extends Pick<TablePlaceProps, 'encryptionKey' | 'replicas'> {
  readonly copies?: TableCopies;
}

/**
 * Where a table stands: here, with its copies, or as the copy of the primary region's.
 *
 * @throws TypeError for a copy whose name is not given
 */
export function toTablePlace(
  name: CopiedTable,
  { encryptionKey, replicas, copies }: PlaceOptions,
): TablePlaceProps {
  return {
    ...(encryptionKey === undefined ? {} : { encryptionKey }),
    ...(replicas === undefined ? {} : { replicas }),
    ...(copies === undefined ? {} : { existing: requireCopy(copies, name) }),
  };
}

function requireCopy(copies: TableCopies, name: CopiedTable): NonNullable<TablePlaceProps['existing']> {
  const tableName = copies[name];
  if (tableName === undefined)
    throw new TypeError(
      `copies.${name} is missing; the stack of the primary region outputs the name of that table`,
    );
  return { tableName, encryptionKeyArn: copies.encryptionKeyArn };
}
