/** As API Gateway's events have it, for an authorizer and for a function behind one. */
type MultiValueHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** Every value of a header, in any case of its name: API Gateway keeps each as it came. */
export function headerValues(
  { multiValueHeaders }: { readonly multiValueHeaders: MultiValueHeaders | null },
  name: string,
): readonly string[] {
  return Object.entries(multiValueHeaders ?? {}).flatMap(([key, values]) =>
    key.toLowerCase() === name ? (values ?? []) : [],
  );
}
