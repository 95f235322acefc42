/** Each value once, in order: what is generated is the same whatever order the configuration has. */
export const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort();
