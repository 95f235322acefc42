import { type Document, isMap, isNode, isScalar, type LineCounter } from 'yaml';

/**
 * The line, from 1, on which a key of a YAML document stands. A key that is missing has no place of its own: that of
 * the object which it is missing from is shown.
 */
export function toLineNumber(
  yaml: Document.Parsed,
  lines: LineCounter,
  path: readonly (string | number)[],
): number {
  const parentPath = path.slice(0, -1);
  const parent = parentPath.length === 0 ? yaml.contents : yaml.getIn(parentPath, true);
  const name = path.at(-1);
  // The key itself: a block that it names begins on a later line.
  const key = isMap(parent)
    ? parent.items.map((pair) => pair.key).find((each) => isScalar(each) && each.value === name)
    : undefined;
  const node = key ?? (name === undefined ? yaml.contents : yaml.getIn(path, true));
  if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  return name === undefined ? 1 : toLineNumber(yaml, lines, parentPath);
}
