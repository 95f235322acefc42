import type { AwsError } from '../aws-error.ts';
import type { Answer } from '../exchange.ts';

/** Elements in order; what is `undefined` is left out, and a list has a `member` for each of its items. */
export interface XmlElements {
  readonly [name: string]: string | number | XmlElements | readonly (XmlElements | string)[] | undefined;
}

const stsNamespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
/** Errors from before the operation is known have another one. */
const dispatchNamespace = 'http://webservices.amazon.com/AWSFault/2005-15-09';

/** An operation that answers nothing has no result element. */
export function toResultXml(
  operation: string,
  result: XmlElements | undefined,
  requestId: string,
  namespace = stsNamespace,
): string {
  const body = { [`${operation}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return `<${operation}Response xmlns="${namespace}">\n${render(body, 1)}</${operation}Response>\n`;
}

export function toErrorXml(error: AwsError, requestId: string, serviceNamespace = stsNamespace): string {
  const namespace = dispatchErrors.includes(error.code) ? dispatchNamespace : serviceNamespace;
  const body = {
    Error: {
      Type: error.status < 500 ? 'Sender' : 'Receiver',
      Code: error.code,
      Message: error.message === '' ? undefined : error.message,
    },
    RequestId: requestId,
  };
  return `<ErrorResponse xmlns="${namespace}">\n${render(body, 1)}</ErrorResponse>\n`;
}

const dispatchErrors = ['InvalidAction', 'MissingAction'];

export function xmlAnswer(status: number, body: string, requestId: string): Answer {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}

function render(elements: XmlElements, depth: number): string {
  const indent = '  '.repeat(depth);
  return Object.entries(elements)
    .map(([name, value]) => {
      if (value === undefined) return '';
      if (isList(value)) {
        const members = value.map((member) => render({ member }, depth + 1)).join('');
        return `${indent}<${name}>\n${members}${indent}</${name}>\n`;
      }
      if (typeof value === 'object') {
        return `${indent}<${name}>\n${render(value, depth + 1)}${indent}</${name}>\n`;
      }
      return `${indent}<${name}>${escapeXml(String(value))}</${name}>\n`;
    })
    .join('');
}

const isList = (
  value: XmlElements | readonly (XmlElements | string)[] | string | number,
): value is readonly (XmlElements | string)[] => Array.isArray(value);

/** Messages quote what the caller sent: characters that XML cannot hold at all become U+FFFD. */
function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what's looked for.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}
