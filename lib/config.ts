import { readFileSync } from 'node:fs';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Configuration } from '../lambda/core/configuration.ts';
import { ConfigurationError, toProblemLine } from '../lambda/core/configuration-error.ts';
import { isLoopbackHost } from '../lambda/core/configuration-schema.ts';
import { parseConfiguration } from '../lambda/core/parse-configuration.ts';
import type { Problem } from '../lambda/core/policy/policy.ts';

export interface ConfigurationFile {
  /** Checked and compiled. */
  readonly configuration: Configuration;
  /** As written, to be handed to the functions as JSON: they parse it with the same code. */
  readonly document: unknown;
}

/**
 * Reads `config/daypass.yaml`.
 *
 * @throws ConfigurationError whose message has one line a problem: file, line, key path, value, what is allowed
 */
export function readConfigurationFile(file: string): ConfigurationFile {
  const lines = new LineCounter();
  const yaml = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false });
  const toLine = (problem: Problem) => `${file}:${toLineNumber(problem.path)} ${toProblemLine(problem)}`;
  const toLineNumber = (path: Problem['path']): number => {
    const node = path.length === 0 ? yaml.contents : yaml.getIn(path, true);
    // A key that is missing has no place of its own: its parent's is shown.
    if (!isNode(node) || !node.range) return path.length === 0 ? 1 : toLineNumber(path.slice(0, -1));
    return lines.linePos(node.range[0]).line;
  };

  if (yaml.errors.length > 0) {
    const syntax = yaml.errors.map(({ message, pos }) => `${file}:${lines.linePos(pos[0]).line} ${message}`);
    throw new ConfigurationError([], syntax);
  }
  const document: unknown = yaml.toJS();
  const problems = refuseLoopbackIssuers(document);
  try {
    const configuration = parseConfiguration(document);
    if (problems.length === 0) return { configuration, document };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
  }
  throw new ConfigurationError(problems, problems.map(toLine));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError([], [`${file}: cannot be read (${reason}); allowed: a readable YAML file`]);
  }
}

/** Only the local run has issuers on this machine, and it sets them itself: in a reviewed file they are a mistake. */
function refuseLoopbackIssuers(document: unknown): Problem[] {
  const issuers = isRecord(document) && isRecord(document['issuers']) ? document['issuers'] : {};
  return Object.entries(issuers).flatMap(([name, issuer]): Problem[] => {
    const url = isRecord(issuer) ? issuer['issuer'] : undefined;
    if (typeof url !== 'string' || !URL.canParse(url)) return [];
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'http:' && !isLoopbackHost(hostname)) return [];
    return [
      {
        path: ['issuers', name, 'issuer'],
        value: url,
        allowed: 'an https URL of a host that is not this machine',
      },
    ];
  });
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
