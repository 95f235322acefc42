import { escapeXml } from '../../identity-provider/escape-xml.ts';
import type { Answer } from '../exchange.ts';

/** A page with nothing on it but text: no script, no form, nothing fetched, and no link that takes the address along. */
export function toPage(
  status: number,
  title: string,
  rows: readonly (readonly [string, string])[] = [],
): Answer {
  const list = rows
    .map(([term, text]) => `  <dt>${escapeXml(term)}</dt>\n  <dd>${escapeXml(text)}</dd>\n`)
    .join('');
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    },
    body: `<!doctype html>\n<html lang="en">\n<title>Embedded AWS</title>\n<h1>${escapeXml(title)}</h1>\n<dl>\n${list}</dl>\n</html>\n`,
  };
}
