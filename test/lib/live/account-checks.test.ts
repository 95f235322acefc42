import { describe, expect, it } from '@jest/globals';
import { toBusRuleDescription } from '../../../lib/bus-rule-description.ts';
import { createAccountChecks, judgeRules } from '../../../lib/live/account-checks.ts';

const where = { stage: 'prod', region: 'eu-west-1' };
const rule = (State: string, of: Parameters<typeof toBusRuleDescription>[0] = where) => ({
  State,
  Description: toBusRuleDescription(of),
});
const right = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

describe('the rule of the bus', () => {
  it('is the one of the stage and the region, in that state', () => {
    expect(judgeRules([rule('ENABLED', { ...where, stage: 'test' }), rule(right)], where)).toMatchObject({
      ...{ outcome: 'PASS', seen: right },
    });
  });

  it.each([
    ['in another state', [rule('ENABLED')]],
    ['not there', []],
    ["another stage's", [rule(right, { ...where, stage: 'production' })]],
    ['without a description', [{ State: right }]],
  ])('fails where it is %s', (_, rules) => {
    expect(judgeRules(rules, where).outcome).toBe('FAIL');
  });

  it('is not looked for outside the primary region', async () => {
    const checks = createAccountChecks({ ...where, primaryRegion: 'eu-central-1' });
    const ofBus = checks.find(({ claim }) => claim.startsWith('The bus'));

    expect(await ofBus?.run()).toMatchObject({ outcome: 'SKIP' });
  });
});
