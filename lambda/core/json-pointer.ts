import { isJsonObject } from './parse-json-object.ts';

/** What a JSON pointer (RFC 6901) names in a document; `undefined` when there is nothing. Own properties only. */
export function resolvePointer(document: unknown, pointer: string): unknown {
  let value = document;
  for (const escaped of pointer.split('/').slice(1)) {
    // In this order (RFC 6901 §4), so that "~01" is "~1" and not "/".
    value = toMember(value, escaped.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return value;
}

function toMember(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(name) ? value[Number(name)] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
