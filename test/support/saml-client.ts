import type { Answer } from './daypass-client.ts';
import { readForm } from './read-form.ts';
import type { RunningDaypass } from './running-daypass.ts';

/** A response of the local AD FS for the analyst, as an identity provider's own tile would post it. */
export async function fetchResponse(
  daypass: RunningDaypass,
  query: { readonly caller?: string; readonly url?: string; readonly inResponseTo?: string } = {},
): Promise<string> {
  const parameters = new URLSearchParams({ caller: 'analyst', url: daypass.broker, ...query });
  const answer = await fetch(`${daypass.identityProvider}/adfs/response?${parameters}`);
  if (!answer.ok) throw new Error(`no SAML response: ${answer.status} ${await answer.text()}`);
  return answer.text();
}

/** A response of the local AD FS for AWS's sign-in, as its AWS application would post it. */
export async function fetchResponseForAws(daypass: RunningDaypass, caller = 'analyst'): Promise<string> {
  const parameters = new URLSearchParams({ caller });
  const answer = await fetch(`${daypass.identityProvider}/adfs/aws?${parameters}`);
  if (!answer.ok) throw new Error(`no SAML response: ${answer.status} ${await answer.text()}`);
  return answer.text();
}

/** A token of the broker's own for the analyst, by a response for the broker. */
export async function fetchBrokerToken(daypass: RunningDaypass, caller = 'analyst'): Promise<string> {
  const { status, text, json } = await postResponse(daypass, {
    response: await fetchResponse(daypass, { caller }),
  });
  if (status !== 200) throw new Error(`no token: ${status} ${text}`);
  return json.token;
}

/** What a browser has once it is back from the identity provider. */
export interface Login {
  /** Of the broker's answer that sent it there. */
  readonly status: number;
  readonly location: string;
  readonly setCookie: string;
  /** As the browser sends it back. */
  readonly cookie: string;
  /** The form that it is about to post. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Signs in as the analyst: to the broker, on to AD FS, and there by the link with its name. */
export async function logIn(daypass: RunningDaypass): Promise<Login> {
  const begun = await fetch(`${daypass.broker}/v1/saml/login?issuer=adfs`, { redirect: 'manual' });
  const location = begun.headers.get('location') ?? '';
  const setCookie = begun.headers.get('set-cookie') ?? '';
  const choice = await (await fetch(location)).text();
  const [, link = ''] = /<a href="([^"]*)">analyst<\/a>/.exec(choice) ?? [];
  const signedIn = await fetch(new URL(link.replaceAll('&#38;', '&'), location));
  return {
    status: begun.status,
    location,
    setCookie,
    cookie: setCookie.replace(/;.*$/s, ''),
    ...readForm(await signedIn.text()),
  };
}

export interface Post {
  readonly response: string;
  readonly cookie?: string;
  readonly accept?: string;
}

/** Posts a response to the broker as its form would. */
export async function postResponse(
  daypass: RunningDaypass,
  { response, cookie, accept = 'application/json' }: Post,
): Promise<Answer> {
  const answer = await fetch(`${daypass.broker}/v1/saml/acs`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      accept,
      'content-type': 'application/x-www-form-urlencoded',
      ...(cookie === undefined ? {} : { cookie }),
    },
    body: new URLSearchParams({ SAMLResponse: response }).toString(),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : {} };
}

/** The response with its text changed. */
export const editResponse = (response: string, edit: (xml: string) => string): string => {
  const xml = Buffer.from(response, 'base64').toString();
  const edited = edit(xml);
  if (edited === xml) throw new Error('the edit changes nothing');
  return Buffer.from(edited).toString('base64');
};
