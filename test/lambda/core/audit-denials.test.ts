import { describe, expect, it } from '@jest/globals';
import { createAuditDenials } from '../../../lambda/core/audit-denials.ts';
import type { SuspendedTarget } from '../../../lambda/core/controls/control-ports.ts';
import {
  AccessDeniedError,
  IntegrationNotFoundError,
  TooManyAttemptsError,
} from '../../../lambda/core/errors.ts';
import { createAuditedManaging } from '../../../lambda/core/integrations/audited-managing.ts';
import type { ManageIntegrations } from '../../../lambda/core/integrations/manage-integrations.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { issuePorts, refusalOf } from '../../support/issue-ports.ts';

const caller = { principal: aPrincipal(), origin: anOrigin() };
const asked = { purpose: 'control' } as const;
const tooMany = new TooManyAttemptsError('too many');
const ofPrincipal: SuspendedTarget = {
  target: { kind: 'principal', issuer: 'okta', subject: 'alice@example.com' },
  reason: 'for operators',
};
const ofIssuer: SuspendedTarget = { target: { kind: 'issuer', name: 'okta' }, reason: 'for operators' };

function anAudit(options: { readonly suspended?: readonly SuspendedTarget[]; readonly over?: true } = {}) {
  const { ports, calls } = issuePorts(aConfiguration());
  let counted = 0;
  const admission = {
    count: async () => {
      counted += 1;
      if (options.over) throw tooMany;
    },
    findOwn: async () => options.suspended ?? [],
  };
  return { ports: { ...ports, admission }, calls, counted: () => counted };
}

const denying = () => {
  throw new AccessDeniedError('you may not', { detail: 'not trusted' });
};

describe('what is managed', () => {
  it('is done, uncounted and without a row, where nothing is in the way', async () => {
    const { ports, calls, counted } = anAudit();

    expect(await createAuditDenials(ports)(caller, asked, () => 'done')).toBe('done');
    expect([calls, counted()]).toEqual([[], 0]);
  });

  it('is a row where it is denied, with its id in the answer', async () => {
    const { ports, calls, counted } = anAudit();

    const error = await refusalOf(createAuditDenials(ports)(caller, asked, denying));

    expect(error).toMatchObject({ code: 'access-denied', extensions: { issuanceId: expect.any(String) } });
    expect(calls).toEqual([
      { denial: expect.objectContaining({ detail: 'not trusted', purpose: 'control' }) },
    ]);
    expect(counted()).toBe(1);
  });

  it('is 429 and no row where there were too many denials', async () => {
    const { ports, calls } = anAudit({ over: true });

    expect(await refusalOf(createAuditDenials(ports)(caller, asked, denying))).toBe(tooMany);
    expect(calls).toEqual([]);
  });

  it('is no row where something else is wrong with it', async () => {
    const { ports, calls, counted } = anAudit();
    const missing = new IntegrationNotFoundError('none');

    expect(await refusalOf(createAuditDenials(ports)(caller, asked, () => Promise.reject(missing)))).toBe(
      missing,
    );
    expect([calls, counted()]).toEqual([[], 0]);
  });

  it.each([
    ['principal', ofPrincipal, 'suspended'],
    ['issuer', ofIssuer, 'access-denied'],
  ])('is not begun by whose %s is suspended', async (_, suspended, code) => {
    const { ports, calls } = anAudit({ suspended: [suspended] });
    let begun = false;

    const error = await refusalOf(
      createAuditDenials(ports)(caller, asked, () => {
        begun = true;
      }),
    );

    expect(begun).toBe(false);
    expect(error.code).toBe(code);
    expect(JSON.stringify([error.message, error.extensions])).not.toContain('for operators');
    expect(calls).toEqual([
      { denial: expect.objectContaining({ detail: expect.stringContaining('for operators') }) },
    ]);
  });
});

describe('a verification that a manager asks for', () => {
  const manage = { requireManager: () => ({ statement: 'Managers' }) } as unknown as ManageIntegrations;

  it('counts as one attempt: it calls STS many times', async () => {
    const { ports, counted } = anAudit();

    await createAuditedManaging(manage, ports).requireManager(caller, 'partner');

    expect(counted()).toBe(1);
  });

  it('is 429 over the quota', async () => {
    const { ports } = anAudit({ over: true });

    expect(await refusalOf(createAuditedManaging(manage, ports).requireManager(caller, 'partner'))).toBe(
      tooMany,
    );
  });
});
