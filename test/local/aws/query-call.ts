import type { Answer } from '../../support/daypass-client.ts';
import { signedCall } from '../../support/signed-request.ts';
import type { TestCredentials } from './an-embedded-aws.ts';

type Fields = Readonly<Record<string, string>>;

/** A call of IAM as its SDK client sends it: the Query protocol, for the one region it has. */
export const callIam = (
  url: string,
  credentials: TestCredentials,
  fields: Fields,
  scope: { readonly region?: string; readonly service?: string } = {},
): Promise<Answer> =>
  signedCall(url, {
    credentials,
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Version: '2010-05-08', ...fields }).toString(),
    service: 'iam',
    region: 'us-east-1',
    ...scope,
  });

/** The texts of all elements of that name, in order. */
export const elements = ({ text }: Answer, name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, found = '']) => found);

export const element = (answer: Answer, name: string): string => elements(answer, name)[0] ?? '';

/** `404 NoSuchEntity: The user …`, or `200`. */
export const problem = (answer: Answer): string =>
  answer.status === 200
    ? '200'
    : `${answer.status} ${element(answer, 'Code')}: ${element(answer, 'Message').replaceAll('&#39;', "'")}`;
