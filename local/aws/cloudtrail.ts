import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudTrailRecord } from './cloudtrail-record.ts';
import { readIfPresent } from './read-if-present.ts';

export interface CloudTrail {
  append(records: readonly CloudTrailRecord[]): void;
  /** Oldest first. */
  list(): readonly CloudTrailRecord[];
}

/** Records kept: a bound on memory and on the file. The oldest go first. */
const maximumRecords = 10_000;

/** The trail, with what the data directory holds of it from before. */
/** @param heard is told of new records once the call that made them goes on */
export function openCloudTrail(
  dataDirectory: string,
  heard: (records: readonly CloudTrailRecord[]) => void = () => {},
): CloudTrail {
  const file = join(dataDirectory, 'cloudtrail.jsonl');
  let records = readRecords(file);
  rewrite(file, records);
  return {
    append: (added) => {
      // One write for a call's records, before its answer: a kill loses neither.
      appendFileSync(file, toLines(added), { mode: 0o600 });
      records.push(...added);
      setImmediate(heard, added);
      if (records.length < 2 * maximumRecords) return;
      records = records.slice(-maximumRecords);
      rewrite(file, records);
    },
    list: () => records.slice(-maximumRecords),
  };
}

function readRecords(file: string): CloudTrailRecord[] {
  return (readIfPresent(file) ?? '')
    .split('\n')
    .filter(Boolean)
    .slice(-maximumRecords)
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as CloudTrailRecord];
      } catch {
        // The last line of a process that was killed while it wrote.
        return [];
      }
    });
}

function rewrite(file: string, records: readonly CloudTrailRecord[]): void {
  writeFileSync(`${file}.new`, toLines(records), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The session token is in AWS's records and in those that are shown, but it doesn't go to the disk. */
const toLines = (records: readonly CloudTrailRecord[]): string =>
  records
    .map((record) => JSON.stringify(record, (key, value) => (key === 'sessionToken' ? undefined : value)))
    .map((line) => `${line}\n`)
    .join('');
