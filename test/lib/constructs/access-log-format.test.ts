import { describe, expect, it } from '@jest/globals';
import { accessLogFields, accessLogFormat } from '../../../lib/constructs/access-log-format.ts';

describe('accessLogFormat', () => {
  it('is one JSON object a line', () => {
    expect(JSON.parse(accessLogFormat)).toEqual(accessLogFields);
    expect(accessLogFormat).not.toContain('\n');
  });

  it('takes nothing that may hold a token, a query or a body', () => {
    const taken = Object.values(accessLogFields);

    expect(taken.filter((variable) => !/^\$context(\.[A-Za-z]+)+$/.test(variable))).toEqual([]);
    expect(taken).not.toContain('$context.path');
    expect(
      taken.filter((variable) => /message|header|query|body|userAgent|apiKey|error$/i.test(variable)),
    ).toEqual([]);
  });

  it('has the ids that join a line with an issuance', () => {
    expect(accessLogFields).toMatchObject({
      extendedRequestId: '$context.extendedRequestId',
      principalId: '$context.authorizer.principalId',
      accountId: '$context.identity.accountId',
      userArn: '$context.identity.userArn',
      resourcePath: '$context.resourcePath',
      sourceIp: '$context.identity.sourceIp',
      status: '$context.status',
    });
  });
});
