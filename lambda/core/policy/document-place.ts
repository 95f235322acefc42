import type { Problem } from './policy.ts';

/** A value in a document, where it stands, and the list that takes its problems. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly problems: Problem[];
}

/** Reports the value as not allowed. Answers `undefined`, so that a parser can return it. */
export function refuse({ path, value, problems }: Place, allowed: string): undefined {
  problems.push({ path, value, allowed });
  return undefined;
}

/** The place of an element or entry; its value is `undefined` when there is none. */
export function placeAt(place: Place, key: string | number, value: unknown): Place {
  return { path: [...place.path, key], value, problems: place.problems };
}

/** The entries of an object, by its own keys; `undefined`, and a problem, when it is none. */
export function readEntries(place: Place, allowed: string): ReadonlyMap<string, Place> | undefined {
  const { value } = place;
  if (!isObject(value)) return refuse(place, allowed);
  return new Map(Object.entries(value).map(([key, entry]) => [key, placeAt(place, key, entry)]));
}

/** The items of a list, or the one value that stands in its stead; `undefined`, and a problem, when the list is empty. */
export function readOneOrMore(place: Place, allowed: string): readonly Place[] | undefined {
  if (!Array.isArray(place.value)) return [place];
  if (place.value.length === 0) return refuse(place, allowed);
  return place.value.map((item, index) => placeAt(place, index, item));
}

function isObject(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Object]';
}
