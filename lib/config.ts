import { dirname } from 'node:path';
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import type { Configuration } from '../lambda/core/configuration.ts';
import { ConfigurationError, toProblemLine } from '../lambda/core/configuration-error.ts';
import { isLoopbackHost } from '../lambda/core/issuer-url.ts';
import { parseConfiguration } from '../lambda/core/parse-configuration.ts';
import type { Problem } from '../lambda/core/policy/policy.ts';
import { expandSamlMetadata, isMissingMetadata } from './expand-saml-metadata.ts';
import { createFederatorPolicies } from './federator-policies.ts';
import { type ReadText, readTextFile } from './read-text.ts';
import { toLineNumber } from './yaml-line-number.ts';

export interface ConfigurationFile {
  /** Checked and compiled. */
  readonly configuration: Configuration;
  /** As written, but for metadata files, whose content stands in their place. Handed to the functions as JSON: they parse
   * it with the same code. */
  readonly document: unknown;
}

/** Where the text comes from, and what messages call it. */
export interface ConfigurationSource {
  /** @default the disk */
  readonly readText?: ReadText;
  /** @default the file's path */
  readonly name?: string;
}

/**
 * Reads `config/daypass.yaml`, and the metadata files that it names.
 *
 * @throws ConfigurationError whose message has one line a problem: file, line, key path, value, what is allowed
 */
export function readConfigurationFile(
  file: string,
  { readText = readTextFile, name = file }: ConfigurationSource = {},
): ConfigurationFile {
  const lines = new LineCounter();
  const yaml = parseDocument(readConfigurationText(file, { readText, name }), {
    lineCounter: lines,
    prettyErrors: false,
    // JSON's types alone, and keys as they are written: `Null:` is an operator, `222222222222:` a name.
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
  });
  const misread = [...yaml.errors, ...yaml.warnings, ...danglingAliases(yaml)].map(
    ({ message, pos }) => `${name}:${lines.linePos(pos[0]).line} cannot be read (${message}); ${yamlAllowed}`,
  );
  if (misread.length > 0) throw new ConfigurationError([], [...new Set(misread)]);

  const written = toPlainDocument(() => yaml.toJS(), name);
  const expanded = expandSamlMetadata(written, { directory: dirname(file), nowMs: Date.now(), readText });
  const { document } = expanded;
  const found = [...expanded.problems, ...refuseLoopbackIssuers(document)];
  const { configuration, problems } = attemptParse(document);
  const all = [
    ...found,
    ...problems.filter(
      (problem) =>
        !found.some((one) => isSame(one.path, problem.path)) &&
        !isMissingMetadata(problem, expanded.problems),
    ),
  ];
  if (configuration !== undefined && all.length === 0) return { configuration, document };
  throw new ConfigurationError(
    all,
    all.map((problem) => `${name}:${toLineNumber(yaml, lines, problem.path)} ${toProblemLine(problem)}`),
  );
}

const yamlAllowed =
  'allowed: one YAML 1.2 document of objects, lists and scalars without tags, each key once in its object';

function readConfigurationText(file: string, { readText, name }: Required<ConfigurationSource>): string {
  try {
    return readText(file) ?? '';
  } catch (cause) {
    throw new ConfigurationError(
      [],
      [`${name}: cannot be read (${toReason(cause)}); allowed: a readable YAML file`],
    );
  }
}

interface Misread {
  readonly message: string;
  /** Offsets in the text. */
  readonly pos: readonly [number, ...number[]];
}

/** The parser itself finds these only later, without a line. */
function danglingAliases(yaml: Document): readonly Misread[] {
  const found: Misread[] = [];
  visit(yaml, {
    Alias: (_key, alias) => {
      if (alias.resolve(yaml) !== undefined) return;
      found.push({ message: `nothing before it is called &${alias.source}`, pos: alias.range ?? [0] });
    },
  });
  return found;
}

/** Aliases that hold themselves or that multiply show only here. */
function toPlainDocument(read: () => unknown, name: string): unknown {
  try {
    const document = read();
    JSON.stringify(document);
    return document;
  } catch (cause) {
    throw new ConfigurationError([], [`${name}: cannot be read (${toReason(cause)}); ${yamlAllowed}`]);
  }
}

const toReason = (cause: unknown) =>
  (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ');

interface Attempt {
  readonly configuration?: Configuration;
  readonly problems: readonly Problem[];
}

function attemptParse(document: unknown): Attempt {
  try {
    const configuration = parseConfiguration(document);
    // What only the deployment can say: whether the federator's policies take what the profiles want.
    createFederatorPolicies(configuration);
    return { configuration, problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { problems: error.problems };
  }
}

const isSame = (a: Problem['path'], b: Problem['path']) => JSON.stringify(a) === JSON.stringify(b);

/** Only the local run has issuers on this machine, and it sets them itself: in a reviewed file they are a mistake. */
function refuseLoopbackIssuers(document: unknown): readonly Problem[] {
  const issuers = isRecord(document) && isRecord(document['issuers']) ? document['issuers'] : {};
  return Object.entries(issuers).flatMap(([name, issuer]) =>
    ['issuer', 'singleSignOnUrl'].flatMap((key): Problem[] => {
      const url = isRecord(issuer) ? issuer[key] : undefined;
      if (typeof url !== 'string' || !URL.canParse(url)) return [];
      const { protocol, hostname } = new URL(url);
      if (protocol !== 'http:' && !isLoopbackHost(hostname)) return [];
      const allowed = 'an https URL of a host that is not this machine';
      return [{ path: ['issuers', name, key], value: url, allowed }];
    }),
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
