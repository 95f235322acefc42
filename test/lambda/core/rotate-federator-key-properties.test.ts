import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger } from '../../../lambda/adapters/json-logger.ts';
import { createHandleRotationEvent } from '../../../lambda/core/handle-rotation-event.ts';
import { deactivationEvent, type RotationStep, rotationSteps } from '../../../lambda/core/rotation-event.ts';
import { aRotationStandIn, type Interruption } from '../../support/rotation-stand-in.ts';

const hourMs = 3_600_000;
const testMs = 120_000;

/** A function's end at one of its calls, before or after AWS has done it. */
const kill = fc.option(
  fc.record({ atCall: fc.nat(20), isDone: fc.boolean() }),
  // Half of the functions come to their end.
  { nil: undefined, freq: 1 },
);
type Kill = { readonly atCall: number; readonly isDone: boolean } | undefined;

const task = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...rotationSteps) },
  { weight: 2, arbitrary: fc.constant('deactivate' as const) },
);

const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('run' as const), task, isOldToken: fc.boolean(), kill }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('rotate' as const), kill }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('begin' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(2 * hourMs) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delay' as const), ms: fc.nat(90_000) }) },
);

/** AWS, with an eye on what must hold after every single call. */
function aWatchedRotation() {
  const aws = aRotationStandIn();
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => lines.push(line), now: aws.now });
  const tokens: string[] = ['-'.repeat(32)];
  let current = aws.keyOf('AWSCURRENT')?.accessKeyId;
  /** The key that callers may have cached, and until when. */
  let replaced: { readonly id: string; readonly untilMs: number } | undefined;

  const look = () => {
    const id = aws.keyOf('AWSCURRENT')?.accessKeyId;
    if (id !== current) {
      replaced = current === undefined ? undefined : { id: current, untilMs: aws.now() + hourMs };
      current = id;
    }
    const wanted = [
      ...(id === undefined ? [] : [id]),
      ...(replaced !== undefined && aws.now() < replaced.untilMs ? [replaced.id] : []),
    ];
    for (const one of wanted) {
      if (aws.keys().get(one)?.isActive !== true) throw new Error(`key ${one} is wanted and can't be used`);
    }
    // What is current was steadily accepted before.
    if (id !== undefined && (aws.keys().get(id)?.refusedUntilMs ?? 0) > aws.now()) {
      throw new Error(`key ${id} became current before it was accepted`);
    }
  };

  const violations: unknown[] = [];
  const watch = () => {
    try {
      look();
    } catch (error) {
      violations.push(error);
    }
  };
  const handle = async (interruption: Interruption, event: object): Promise<boolean> => {
    const rotate = aws.aFunction(interruption);
    const { arn } = aws.secret();
    try {
      await createHandleRotationEvent({ secretArn: arn, rotate, logger })(event, aws.now() + testMs);
      return true;
    } catch {
      return false;
    } finally {
      watch();
    }
  };
  return {
    ...aws,
    lines,
    violations,
    watch,
    begin: () => {
      const token = aws.beginRotation();
      if (tokens.at(-1) !== token) tokens.push(token);
      return token;
    },
    token: (isOld: boolean) => tokens.at(isOld ? -2 : -1) ?? '-'.repeat(32),
    runStep: (step: RotationStep, ClientRequestToken: string, interruption: Interruption) =>
      handle(interruption, { Step: step, SecretId: aws.secret().arn, ClientRequestToken }),
    deactivate: (interruption: Interruption) => handle(interruption, deactivationEvent),
  };
}
type Watched = ReturnType<typeof aWatchedRotation>;

function killing(aws: Watched, at: Kill): Interruption {
  let calls = 0;
  let isDead = false;
  const die = () => {
    isDead = true;
    throw new Error('killed');
  };
  return {
    before: async () => {
      aws.watch();
      if (isDead || (at !== undefined && calls === at.atCall && !at.isDone)) die();
    },
    after: async () => {
      aws.watch();
      calls += 1;
      if (at !== undefined && calls > at.atCall) die();
    },
  };
}

/** Secrets Manager goes on with the rotation that's under way, or begins one, until it's done. */
async function rotateToTheEnd(aws: Watched): Promise<void> {
  aws.setDelay(0);
  const before = aws.keyOf('AWSCURRENT')?.accessKeyId;
  for (let attempt = 0; attempt < 6; attempt += 1) {
    aws.advance(hourMs);
    await aws.deactivate(killing(aws, undefined));
    const token = aws.begin();
    for (const step of rotationSteps) {
      if (!(await aws.runStep(step, token, killing(aws, undefined)))) break;
    }
    if (aws.keyOf('AWSCURRENT')?.accessKeyId !== before) return;
  }
  throw new Error(`no rotation came to its end: ${aws.lines.slice(-12).join('\n')}`);
}

function expectOrder(aws: Watched): void {
  expect(aws.violations).toEqual([]);
  expect(aws.keys().size).toBeLessThanOrEqual(2);
  expect(aws.lines.join('\n')).not.toContain('canary');
}

describe('rotation of the federator key, however its steps are repeated, killed and mixed', () => {
  it('never takes away a key that is in use, and can always be brought to its end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 30 }), async (commands) => {
        const aws = aWatchedRotation();
        await rotateToTheEnd(aws);
        for (const one of commands) {
          if (one.do === 'wait') aws.advance(one.ms);
          else if (one.do === 'delay') aws.setDelay(one.ms);
          else if (one.do === 'begin') aws.begin();
          else if (one.do === 'rotate') {
            const token = aws.begin();
            const interruption = killing(aws, one.kill);
            for (const step of rotationSteps) await aws.runStep(step, token, interruption);
          } else if (one.task === 'deactivate') await aws.deactivate(killing(aws, one.kill));
          else await aws.runStep(one.task, aws.token(one.isOldToken), killing(aws, one.kill));
        }
        await rotateToTheEnd(aws);
        await rotateToTheEnd(aws);
        expectOrder(aws);
      }),
      { numRuns: 300 },
    );
  });

  it('never takes away a key that is in use when functions run at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(task, { minLength: 2, maxLength: 6 }),
        fc.boolean(),
        async (scheduler, tasks, isWaited) => {
          const aws = aWatchedRotation();
          await rotateToTheEnd(aws);
          await rotateToTheEnd(aws);
          if (isWaited) {
            aws.advance(hourMs);
            await aws.deactivate(killing(aws, undefined));
          }
          const token = aws.begin();
          const interleaved: Interruption = {
            before: async (operation) => {
              await scheduler.schedule(Promise.resolve(), operation);
              aws.watch();
            },
            after: async () => aws.watch(),
          };
          const wholeRotation = async () => {
            for (const step of rotationSteps) await aws.runStep(step, token, interleaved);
          };
          const running = Promise.all([
            wholeRotation(),
            ...tasks.map((one) =>
              one === 'deactivate' ? aws.deactivate(interleaved) : aws.runStep(one, token, interleaved),
            ),
          ]);
          await scheduler.waitFor(running);
          await rotateToTheEnd(aws);
          expectOrder(aws);
        },
      ),
      { numRuns: 500 },
    );
  });
});
