import { escapeXml } from './escape-xml.ts';
import { toPage } from './saml-pages.ts';

/** A button for each caller; no script. The form posts to where the page is. */
export function toCallersPage(page: {
  readonly issuer: string;
  readonly clientId: string;
  readonly callers: readonly string[];
}): string {
  const buttons = page.callers.map(
    (caller) => `<li><button name="caller" value="${escapeXml(caller)}">${escapeXml(caller)}</button></li>`,
  );
  return toPage(
    `Sign in to ${page.issuer}`,
    `<p>This is the local stand-in for ${escapeXml(page.issuer)}. ${escapeXml(page.clientId)} wants to know who you are:</p><form method="post"><ul>${buttons.join('')}</ul></form>`,
  );
}

export const toDevicePage = (form: string, problem: string | undefined) =>
  toPage(
    'Sign in on a device',
    `${problem === undefined ? '' : `<p><strong>${escapeXml(problem)}</strong></p>`}<p>Which code does it show?</p>${form}<button type="submit" form="op.deviceInputForm">Continue</button>`,
  );

export const toConfirmPage = (form: string, device: { readonly clientId: string; readonly code: string }) =>
  toPage(
    'Is this your device?',
    `<p>${escapeXml(device.clientId)} shows this code:</p><p><code>${escapeXml(device.code)}</code></p>${form}<button type="submit" form="op.deviceConfirmForm">Yes, sign in</button> <button type="submit" form="op.deviceConfirmForm" name="abort" value="yes">No</button>`,
  );

export const toSignedInPage = () => toPage('Signed in', '<p>This page can be closed.</p>');

export const toErrorPage = (problem: Readonly<Record<string, unknown>>) =>
  toPage(
    'No sign-in',
    Object.entries(problem)
      .map(([name, value]) => `<p>${escapeXml(name)}: ${escapeXml(String(value))}</p>`)
      .join(''),
  );
