import { resolve } from 'node:path';
import type { Problem } from '../lambda/core/policy/policy.ts';
import type { ReadText } from './read-text.ts';
import { type IdentityProvider, parseSamlMetadata, SamlMetadataError } from './saml-metadata.ts';

export interface ExpandedDocument {
  /** Without `metadataFile`, where its file could be read. */
  readonly document: unknown;
  readonly problems: readonly Problem[];
}

export interface ExpansionOptions {
  /** That of the configuration file. */
  readonly directory: string;
  readonly nowMs: number;
  readonly readText: ReadText;
}

/** What stands in the metadata of an identity provider. */
const expandedKeys = ['entityId', 'singleSignOnUrl', 'certificates'] as const;

/** Bytes: AD FS and Entra write below 100 KB. */
const maxFileBytes = 1_048_576;

/**
 * Puts what identity providers say of themselves in the place of each `metadataFile`, so that the functions, which have
 * no such files, parse the same document.
 */
export function expandSamlMetadata(document: unknown, options: ExpansionOptions): ExpandedDocument {
  if (!isRecord(document) || !isRecord(document['issuers'])) return { document, problems: [] };
  const problems: Problem[] = [];
  const issuers = Object.entries(document['issuers']).map(([name, issuer]): readonly [string, unknown] => {
    if (!isRecord(issuer) || issuer['type'] !== 'saml') return [name, issuer];
    const { metadataFile, ...rest } = issuer;
    if (typeof metadataFile !== 'string') return [name, issuer];
    const report = (key: string, value: unknown, allowed: string) =>
      problems.push({ path: ['issuers', name, key], value, allowed });
    const doubled = expandedKeys.filter((key) => rest[key] !== undefined);
    for (const key of doubled) report(key, rest[key], `metadataFile, or ${expandedKeys.join(', ')}`);
    const provider = readMetadataFile(metadataFile, options, (allowed) =>
      report('metadataFile', metadataFile, allowed),
    );
    return [name, provider === undefined ? issuer : { ...rest, ...provider }];
  });
  return { document: { ...document, issuers: Object.fromEntries(issuers) }, problems };
}

/** Whether the problem is no more than a consequence: what the file would have set is missing. */
export const isMissingMetadata = ({ path, value }: Problem, found: readonly Problem[]): boolean =>
  value === undefined &&
  path.length === 3 &&
  expandedKeys.some((key) => key === path[2]) &&
  found.some((problem) => problem.path[0] === path[0] && problem.path[1] === path[1]);

function readMetadataFile(
  metadataFile: string,
  { directory, nowMs, readText }: ExpansionOptions,
  report: (allowed: string) => void,
): IdentityProvider | undefined {
  try {
    return parseSamlMetadata(readMetadata(resolve(directory, metadataFile), readText), nowMs);
  } catch (error) {
    if (!(error instanceof SamlMetadataError)) throw error;
    report(error.message);
    return undefined;
  }
}

function readMetadata(file: string, readText: ReadText): string {
  try {
    const text = readText(file, maxFileBytes);
    if (text !== undefined) return text;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SamlMetadataError(`a readable file, by its path from this one (${reason})`, { cause });
  }
  throw new SamlMetadataError(`a file of at most ${maxFileBytes} bytes`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
