/** An object as JSON writes it: own properties only, of any name. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The object that the text says, where it can be read in one way only: `JSON.parse` keeps the last of two equal
 * keys, and other readers of the same token the first (RFC 7519 §4 lets a parser refuse both).
 *
 * @throws SyntaxError when the text is not JSON, not an object, or names a key twice at any depth.
 */
export function parseJsonObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new SyntaxError('the JSON text is not an object');
  if (hasDuplicateKey(text)) throw new SyntaxError('the JSON text names a key twice');
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const lexemes = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** @param json Valid JSON: strings and punctuation are all that has to be told apart. */
function hasDuplicateKey(json: string): boolean {
  // The keys of each open object; undefined for an open array.
  const open: (Set<string> | undefined)[] = [];
  let keyIsNext = false;
  for (const [lexeme] of json.matchAll(lexemes)) {
    const keys = open.at(-1);
    if (lexeme === '{') open.push(new Set());
    else if (lexeme === '[') open.push(undefined);
    else if (lexeme === '}' || lexeme === ']') open.pop();
    else if (keyIsNext && keys !== undefined) {
      // Parsed, because "iss" and "\u0069ss" are one key.
      const key: string = JSON.parse(lexeme);
      if (keys.has(key)) return true;
      keys.add(key);
    }
    keyIsNext = lexeme === '{' || lexeme === ',';
  }
  return false;
}
