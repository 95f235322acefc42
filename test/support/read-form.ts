/** The one form of a page that posts hidden fields, as a browser reads it. */
export function readForm(html: string): {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
} {
  const [, action = ''] = /<form method="post" action="([^"]*)">/.exec(html) ?? [];
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
    ([, name, value]) => [resolveReferences(name), resolveReferences(value)],
  );
  return { action: resolveReferences(action), fields: Object.fromEntries(fields) };
}

/** Numeric character references: there are no others. */
const resolveReferences = (text = '') =>
  text.replaceAll(/&#(\d+);/g, (_match, code) => String.fromCharCode(Number(code)));
