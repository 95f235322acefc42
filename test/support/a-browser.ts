/** Where a browser has come to. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly html: string;
}

export interface SignInChoices {
  /** Typed into a page that asks for a device's code. */
  readonly userCode?: string;
  /** An address that is not fetched: the page is then empty, with status 0. @default none */
  readonly stopAt?: (url: string) => boolean;
}

/** Keeps cookies, follows redirects, and runs no script. */
export interface Browser {
  open(url: string): Promise<Page>;
  /** Sends the page's first form, with what is filled in or pressed. */
  submit(page: Page, filledIn?: Readonly<Record<string, string>>): Promise<Page>;
}

interface Form {
  readonly method: string;
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * What somebody does who signs in as a demo caller: chooses it where a page of the local identity provider asks, and
 * presses Continue elsewhere, until a page has nothing to press. That is the answer of the loopback address, or the end
 * of a device's sign-in.
 */
export async function signIn(url: string, caller: string, choices: SignInChoices = {}): Promise<Page> {
  const browser = aBrowser(choices);
  let page = await browser.open(url);
  for (let steps = 0; steps < 10; steps += 1) {
    const next = await goOn(browser, page, caller, choices);
    if (next === undefined) return page;
    page = next;
  }
  throw new Error(`the sign-in does not end; it came to ${page.url}`);
}

async function goOn(browser: Browser, page: Page, caller: string, { userCode }: SignInChoices) {
  const link = linksOf(page).find(({ text }) => text === caller);
  if (link !== undefined) return browser.open(link.href);
  const [form] = formsOf(page);
  if (form === undefined || page.status >= 400) return undefined;
  if (/<button name="caller"/.test(page.html)) return browser.submit(page, { caller });
  if (!/<input[^>]* name="user_code" placeholder/.test(page.html)) return browser.submit(page);
  // Where the last code was wrong it is the end.
  return page.html.includes('<strong>') || userCode === undefined
    ? undefined
    : browser.submit(page, { user_code: userCode });
}

/** @param choices an address at which it stops */
export function aBrowser({ stopAt = () => false }: Pick<SignInChoices, 'stopAt'> = {}): Browser {
  const jar = aCookieJar();
  return { open: (url) => go(url), submit };

  async function go(url: string, init: RequestInit = {}, redirects = 0): Promise<Page> {
    if (stopAt(url)) return { url, status: 0, html: '' };
    if (redirects > 20) throw new Error(`too many redirects, the last to ${url}`);
    const headers = { accept: 'text/html', cookie: jar.toHeader(url), ...init.headers };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    jar.keep(url, response.headers.getSetCookie());
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) {
      return { url, status: response.status, html: await response.text() };
    }
    await response.body?.cancel();
    return go(new URL(location, url).href, {}, redirects + 1);
  }

  async function submit(page: Page, filledIn = {}): Promise<Page> {
    const [form] = formsOf(page);
    if (form === undefined) throw new Error(`no form at ${page.url}`);
    const { method, action, fields } = form;
    const body = new URLSearchParams({ ...fields, ...filledIn });
    if (method !== 'post') return go(`${action.replace(/\?.*$/, '')}?${body}`);
    return go(action, { method: 'POST', body });
  }
}

/** By host and path, for all ports alike, as browsers have it. */
function aCookieJar() {
  const cookies = new Map<string, { readonly host: string; readonly path: string; readonly pair: string }>();
  return {
    toHeader: (url: string) => {
      const { hostname, pathname } = new URL(url);
      return [...cookies.values()]
        .filter(({ host, path }) => host === hostname && isWithin(pathname, path))
        .map(({ pair }) => pair)
        .join('; ');
    },
    keep: (url: string, lines: readonly string[]) => {
      const { hostname, pathname } = new URL(url);
      for (const line of lines) {
        const [pair = '', ...attributes] = line.split(/; */);
        const path =
          attributes.find((one) => /^path=/i.test(one))?.slice(5) ?? pathname.replace(/\/[^/]*$/, '/');
        const id = `${hostname} ${path} ${pair.replace(/=.*$/s, '')}`;
        if (attributes.some(isOver)) cookies.delete(id);
        else cookies.set(id, { host: hostname, path, pair });
      }
    },
  };
}

const isWithin = (pathname: string, path: string) =>
  pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);

function isOver(attribute: string): boolean {
  const [, name = '', value = ''] = /^(max-age|expires)=(.*)$/i.exec(attribute) ?? [];
  if (name === '') return false;
  return name.toLowerCase() === 'max-age' ? Number(value) <= 0 : Date.parse(value) <= Date.now();
}

/** Without an action a form goes to where its page is. */
function formsOf({ html, url }: Page): readonly Form[] {
  return [...html.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].map(([, attributes = '', content = '']) => ({
    method: (attributeOf(attributes, 'method') ?? 'get').toLowerCase(),
    action: new URL(attributeOf(attributes, 'action') ?? url, url).href,
    fields: Object.fromEntries(
      [...content.matchAll(/<input([^>]*?)\/?>/g)]
        .filter(([, input = '']) => attributeOf(input, 'type') === 'hidden')
        .map(([, input = '']) => [attributeOf(input, 'name') ?? '', attributeOf(input, 'value') ?? '']),
    ),
  }));
}

const linksOf = ({ html, url }: Page) =>
  [...html.matchAll(/<a href="([^"]*)"[^>]*>([^<]*)<\/a>/g)].map(([, href = '', text = '']) => ({
    href: new URL(resolveReferences(href), url).href,
    text: resolveReferences(text),
  }));

function attributeOf(attributes: string, name: string): string | undefined {
  const [, value] = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes) ?? [];
  return value === undefined ? undefined : resolveReferences(value);
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const resolveReferences = (text: string) =>
  text.replaceAll(/&(?:#(\d+)|(amp|lt|gt|quot));/g, (_match, code?: string, name = '') =>
    code === undefined ? (named[name] ?? '') : String.fromCharCode(Number(code)),
  );
