import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IssuanceView } from '../../../../bin/daypass/commands/audit/issuance-view.ts';
import { renderIssuance } from '../../../../bin/daypass/commands/audit/render-issuance.ts';
import { renderRevocation } from '../../../../bin/daypass/commands/controls/render-revocation.ts';
import type { RevocationView } from '../../../../bin/daypass/commands/controls/revocation-view.ts';
import {
  type ManagedIntegration,
  printIntegration,
} from '../../../../bin/daypass/commands/integrations/integration-view.ts';
import { createWebIdentityTokenCommand } from '../../../../bin/daypass/commands/web-identity-token.ts';
import { createWhoamiCommand } from '../../../../bin/daypass/commands/whoami.ts';
import { runProgram } from '../../../../bin/daypass/program.ts';
import { ClientError } from '../../../../lib/client/client-error.ts';
import { aTerminal } from '../../../support/a-terminal.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../support/loopback-server.ts';
import { nowMs } from '../../../support/tokens.ts';

const evil = '\x1b[2J\u009b31m\u202eevil';
const later = new Date(nowMs + 3_600_000).toISOString();

/** What a terminal would obey, but for what the command itself writes: line ends and tabs. */
const obeyed = /[^\P{C}\t\n]/u;

const issuance: IssuanceView = {
  id: evil,
  state: 'ISSUED',
  createdAt: evil,
  principal: { issuer: 'okta', subject: `$(reboot)'${evil}`, sessionName: evil },
  profile: evil,
  reason: evil,
  sourceIp: evil,
  userAgent: evil,
  gatewayRequestId: evil,
  roleArns: [evil, evil],
  roleSessionName: evil,
  sourceIdentity: evil,
  sessionTags: { [evil]: evil },
  managedPolicyArns: [evil],
  audiences: [evil],
  statement: evil,
  detail: evil,
  errorCode: evil,
  expiration: later,
  accessKeyId: evil,
  match: 'MISMATCHED',
  cloudTrailEvents: [
    {
      call: 0,
      eventId: evil,
      eventTime: evil,
      eventName: evil,
      region: evil,
      accountId: evil,
      differences: [evil],
    },
  ],
  keptUntil: later,
};

const revocation: RevocationView = {
  ...{ id: evil, roleArn: evil, before: evil, version: 1, reason: evil, at: evil, gatewayRequestId: evil },
  by: { issuer: evil, subject: evil },
  history: [],
  policies: [
    {
      attachTo: { type: 'role', arn: evil, accountId: evil },
      ...{ policyName: evil, policy: { [evil]: evil }, apply: `aws ${evil}\naws ${evil}`, remove: evil },
      ...{ removableAt: evil, state: 'PRINTED', detail: evil },
    },
  ],
  ...{ takesEffect: evil, ends: [evil], cannotEnd: [evil] },
};

const integration: ManagedIntegration = {
  ...{ name: evil, version: 3, state: 'SUSPENDED', description: evil, owner: evil, requestAccessUrl: evil },
  ...{ roleArn: evil, duration: { defaultSeconds: 900, maxSeconds: 3600 }, setSourceIdentity: true },
  externalIds: { current: evil, next: evil, previous: [{ value: evil, acceptedUntil: evil }] },
  trust: [{ Sid: evil }],
  sessionTags: { [evil]: evil },
  sessionPolicy: { [evil]: evil },
  jwks: { keys: [{ kid: evil }] },
  suspension: { at: evil, by: evil, reason: evil },
  provenAt: later,
  verification: {
    ...{ at: evil, version: 2, result: 'FAILED', probes: [], issuanceIds: [evil] },
    findings: [{ code: 'wildcard-principal', severity: 'danger', message: evil, remedy: evil }],
  },
};

describe('what an answer holds', () => {
  const terminal = aTerminal();

  it('is shown and never obeyed, of an issuance', () => {
    const text = renderIssuance(issuance, terminal);

    expect(text).not.toMatch(obeyed);
    expect(text.split('evil').length).toBeGreaterThan(20);
  });

  it('is no command for whoever pastes what to do', () => {
    const line = renderIssuance(issuance, terminal)
      .split('\n')
      .find((one) => one.startsWith('to stop more'));

    expect(line).toContain(`--principal 'okta.$(reboot)'\\''`);
  });

  it('is shown and never obeyed, of a revocation', () => {
    expect(renderRevocation(revocation, terminal)).not.toMatch(obeyed);
  });

  it.each([{}, { json: true }] as const)('is shown and never obeyed, of an integration, %j', (options) => {
    const recording = aTerminal();

    printIntegration(integration, options, recording);

    expect(recording.printed()).not.toMatch(obeyed);
    expect(recording.printed().split('evil').length).toBeGreaterThan(12);
  });
});

describe('who one is', () => {
  it.each([[[]], [['--json']]])('is shown and never obeyed, %j', async (args) => {
    const server = await startLoopbackServer();
    const names = { claims: { [evil]: [evil] }, selfAsserted: { [evil]: evil }, aws: { [evil]: evil } };
    const principal = { issuer: evil, subject: evil, ...names, mfa: true, expiresAt: later };
    server.respond((response) => response.end(JSON.stringify(principal)));
    const terminal = aTerminal({ env: { DAYPASS_URL: server.url, DAYPASS_TOKEN: 'a-token' } });
    try {
      await createWhoamiCommand(terminal).parseAsync(args, { from: 'user' });
    } finally {
      await server.close();
    }

    expect(terminal.printed()).not.toMatch(obeyed);
    expect(terminal.printed().split('evil').length).toBe(9);
  });
});

describe('a web identity token', () => {
  const given = { IssuanceId: 'i', WebIdentityToken: 'a.b.c', Expiration: later };

  async function print(answer: object) {
    const server = await startLoopbackServer();
    server.respond((response) => response.end(JSON.stringify(answer)));
    const terminal = aTerminal({ env: { DAYPASS_URL: server.url, DAYPASS_TOKEN: 'a-token' } });
    try {
      const args = ['partner', '--audience', 'https://api.partner.example'];
      await createWebIdentityTokenCommand(terminal).parseAsync(args, { from: 'user' });
    } finally {
      await server.close();
    }
    return terminal.printed();
  }

  it('is printed', async () => {
    expect(await print(given)).toBe('a.b.c\n');
  });

  it.each([
    ['what a terminal would obey', { ...given, WebIdentityToken: evil }, 'not-logged-in'],
    ['several lines', { ...given, WebIdentityToken: 'a.b.c\nrm -r .' }, 'not-logged-in'],
    ['an object', { ...given, WebIdentityToken: {} }, 'unavailable'],
    ['nothing', { IssuanceId: 'i', Expiration: later }, 'unavailable'],
    ['a token without a time', { ...given, Expiration: undefined }, 'unavailable'],
    ['a token without an issuance', { ...given, IssuanceId: undefined }, 'unavailable'],
  ])('is not %s', async (_name, answer, code) => {
    await expect(print(answer)).rejects.toMatchObject({ name: 'ClientError', code });
  });
});

describe('what to do about an issuance', () => {
  const toDo = (own: Partial<IssuanceView>) =>
    renderIssuance({ ...issuance, ...own }, aTerminal()).includes('daypass revoke');
  const { expiration: _, ...endless } = issuance;

  it.each([
    ['is said while it lasts', toDo({ expiration: later }), true],
    ['is nothing once it is over', toDo({ expiration: new Date(nowMs).toISOString() }), false],
    [
      'is nothing where nothing was given',
      renderIssuance({ ...endless, state: 'DENIED' }, aTerminal()).includes('daypass revoke'),
      false,
    ],
    [
      'is said where nobody knows',
      renderIssuance({ ...endless, state: 'UNKNOWN' }, aTerminal()).includes('daypass revoke'),
      true,
    ],
  ])('%s', (_name, isSaid, wanted) => {
    expect(isSaid).toBe(wanted);
  });
});

describe('an answer that is none of this version', () => {
  let server: LoopbackServer;

  beforeAll(async () => {
    server = await startLoopbackServer();
  });
  afterAll(() => server.close());

  /** How the command ends; its program would say of anything but a ClientError that it is a defect. */
  async function run(args: readonly string[], answer: unknown): Promise<unknown> {
    server.respond((response) => response.end(JSON.stringify(answer)));
    const env = { DAYPASS_URL: server.url, DAYPASS_TOKEN: 'a-token', DAYPASS_HOME: '/nonexistent/daypass' };
    try {
      await runProgram(args, aTerminal({ env }));
      return 'done';
    } catch (error) {
      return error instanceof ClientError ? error.code : error;
    } finally {
      process.exitCode = undefined;
    }
  }

  const reason = ['--reason', 'r'];
  const commands: readonly (readonly string[])[] = [
    ...[
      ['whoami'],
      ['profiles'],
      ['explain', 'p'],
      ['console', 'p'],
      ['decode', 'm'],
      ['configure', '--dry-run'],
    ],
    ...[
      ['credentials', 'p', '--no-cache'],
      ['web-identity-token', 'p'],
      ['lift', 'i', ...reason],
    ],
    ...[
      ['suspend', '--profile', 'p', ...reason],
      ['revoke', 'i', ...reason],
      ['suspensions'],
      ['revocations'],
    ],
    ...[['audit'], ['audit', 'show', 'i'], ['audit', 'key', 'ASIAIOSFODNN7EXAMPLE']],
    ...[['findings'], ['findings', 'show', 'f']],
    ...['list', 'show i', 'history i', 'verify i', 'create i', 'rotate i', 'keys i', 'delete i --yes'].map(
      (words) => ['integrations', ...words.split(' ')],
    ),
  ];

  it.each(commands.map((args) => [args]))('is said, and no success with nothing in it: %j', async (args) => {
    const answers = [{}, [], { message: 'ok' }];

    for (const answer of answers) expect([answer, await run(args, answer)]).toEqual([answer, 'unavailable']);
  });

  it.each([
    [['audit'], { issuances: [issuance] }],
    [['audit', 'show', 'i'], issuance],
    [['revoke', 'i', ...reason], revocation],
    [['integrations', 'show', 'i'], integration],
  ])('is no defect, whatever stands in the place of what: %j', async (args, answer) => {
    const known = ['done', 'unavailable', 'failed'];

    for (const wrong of toWrong(answer)) {
      const ending = await run(args, wrong);
      expect([wrong, known.includes(String(ending)) || ending]).toEqual([wrong, true]);
    }
  });
});

const others = [undefined, null, 0, 'x', [], {}, [null]];

/** The value with another one in the place of each of its parts, at any depth. */
function toWrong(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return others;
  const replaced = Object.entries(value).flatMap(([name, part]) =>
    toWrong(part).map((wrong) => Object.assign(structuredClone(value), { [name]: wrong })),
  );
  return [...others.filter((other) => other !== undefined), ...replaced];
}
