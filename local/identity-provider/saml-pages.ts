import { escapeXml } from './escape-xml.ts';

/** A page on which whoever sits at the browser says which demo caller it is. */
export function toSignInPage(name: string, links: ReadonlyMap<string, string>): string {
  const items = [...links].map(
    ([caller, href]) => `<li><a href="${escapeXml(href)}">${escapeXml(caller)}</a></li>`,
  );
  return toPage(
    `Sign in to ${name}`,
    `<p>This is the local stand-in for ${escapeXml(name)}. Who are you?</p><ul>${items.join('')}</ul>`,
  );
}

/** The HTTP-POST binding's form (SAML 2.0 bindings §3.5), sent by a button instead of a script. */
export function toPostPage(form: {
  readonly caller: string;
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}): string {
  const inputs = Object.entries(form.fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeXml(name)}" value="${escapeXml(value)}">`,
  );
  return toPage(
    `Signed in as ${form.caller}`,
    `<form method="post" action="${escapeXml(form.action)}">${inputs.join('')}<button>Continue to Daypass</button></form>`,
  );
}

/** @param body HTML */
export const toPage = (title: string, body: string) =>
  `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeXml(title)}</title>
<h1>${escapeXml(title)}</h1>
${body}
</html>
`;
