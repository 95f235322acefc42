import * as z from 'zod';

/*
 * What the schemas of the configuration are made of. Each `error` says what is allowed: it becomes the end of an
 * error line.
 */

export const text = (allowed: string, pattern: RegExp) =>
  z.string({ error: allowed }).regex(pattern, { error: allowed });

export const integer = (min: number, max: number, unit: string) => {
  const error = `an integer, ${min}–${max} ${unit}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

/** An object with this own key loses it wherever JavaScript copies it. */
export const prototypeKey = '__proto__';

/** An object that names its keys where it meets one that it does not know. */
export const object = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => {
  const names = Object.keys(shape)
    .filter((name) => !absences.has(shape[name] as object))
    .join(', ');
  return z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `one of the keys ${names}` : `an object with the keys ${names}`,
  });
};

const absences = new WeakSet<object>();

/** A key that an object of this kind cannot have, for a reason that its reader may not expect. */
export const absent = (why: string) => {
  const schema = z
    .never({ error: `no such key here: ${why}` })
    .optional()
    .describe(`Not here: ${why}`);
  absences.add(schema);
  return schema;
};

export const list = <Item extends z.ZodType>(item: Item, allowed: string) =>
  z.array(item, { error: allowed });

export const named = <Value extends z.ZodType>(keyPattern: RegExp, allowed: string, value: Value) =>
  z.record(text(allowed, keyPattern), value, {
    error: ({ code }) => (code === 'invalid_key' ? allowed : 'an object from names to their settings'),
  });

/** One line: neither control characters nor line and paragraph separators. */
export const oneLine = /^[^\p{C}\p{Zl}\p{Zp}]{1,256}$/u;

export const person = text('1–256 printable characters, such as an address or a team', oneLine);

const httpsUrlAllowed = 'an https URL of at most 512 characters, without spaces and credentials';

export const httpsUrl = text(httpsUrlAllowed, /^https:\/\/[^\s\p{C}@\\/?#]+(?:[/?#][^\s\p{C}]*)?$/u)
  .max(512, { error: httpsUrlAllowed })
  .refine((url) => URL.canParse(url), { error: httpsUrlAllowed });
