import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger } from '../../../lambda/adapters/json-logger.ts';
import { nowMs } from '../../support/tokens.ts';

function aLogger(now = () => nowMs) {
  const lines: string[] = [];
  return { lines, logger: createLogger({ write: (line) => lines.push(line), now }) };
}

describe('createLogger', () => {
  it('writes one line with timestamp, level, message and fields', () => {
    const { lines, logger } = aLogger();

    logger.warn('token refused', { reason: 'expired', count: 2 });

    expect(lines).toEqual([
      '{"timestamp":"2026-01-01T00:00:00.000Z","level":"WARN","message":"token refused","reason":"expired","count":2}',
    ]);
  });

  it.each(['info', 'warn', 'error'] as const)('writes the level of %s', (level) => {
    const { lines, logger } = aLogger();

    logger[level]('said');

    expect(JSON.parse(lines[0] ?? '')).toEqual({
      timestamp: '2026-01-01T00:00:00.000Z',
      level: level.toUpperCase(),
      message: 'said',
    });
  });

  it('lets no field replace the head', () => {
    const { lines, logger } = aLogger();

    logger.info('said', { timestamp: 'never', level: 'DEBUG', message: 'other' });

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'INFO', message: 'said' });
  });

  it('writes errors with their causes and codes, without stacks', () => {
    const { lines, logger } = aLogger();
    const refused = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });

    logger.error('failed', { cause: new TypeError('fetch failed', { cause: refused }) });

    expect(JSON.parse(lines[0] ?? '').cause).toEqual([
      { name: 'TypeError', message: 'fetch failed' },
      { name: 'Error', message: 'connect refused', code: 'ECONNREFUSED' },
    ]);
  });

  it('ends a circle of causes', () => {
    const { lines, logger } = aLogger();
    const error = new Error('again');
    error.cause = error;

    logger.error('failed', { cause: error });

    expect(JSON.parse(lines[0] ?? '').cause).toHaveLength(4);
  });

  it('writes big integers', () => {
    const { lines, logger } = aLogger();

    logger.info('said', { big: 1n });

    expect(JSON.parse(lines[0] ?? '').big).toBe('1');
  });

  it('keeps any text within one line without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, value) => {
        const { lines, logger } = aLogger();

        logger.info(message, { value, nested: { [value]: value } });

        expect(lines).toHaveLength(1);
        expect(lines[0]).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message, value });
      }),
    );
  });

  it.each(['\n{"level":"INFO"}', '\r', '\u001b[2J', '\u009b2J', '\u0085', '\u007f', '\u2028', '\u2029'])(
    'escapes %j',
    (text) => {
      const { lines, logger } = aLogger();

      logger.info(text, { text });

      expect(lines[0]).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    },
  );

  const circle: Record<string, unknown> = {};
  circle['self'] = circle;

  it.each([
    ['a circle', circle],
    ['a getter that throws', Object.defineProperty({}, 'x', { enumerable: true, get: fail })],
    ['a toJSON that throws', { toJSON: fail }],
  ])('still writes the message for %s', (_name, value) => {
    const { lines, logger } = aLogger();

    logger.info('said', { value });

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'said', fields: 'not serializable' });
  });

  it('does not throw when the line cannot be written', () => {
    const logger = createLogger({ write: fail, now: () => nowMs });

    expect(() => logger.error('said')).not.toThrow();
  });

  it('does not throw when the clock is broken', () => {
    const { logger } = aLogger(() => Number.NaN);

    expect(() => logger.error('said')).not.toThrow();
  });
});

function fail(): never {
  throw new Error('broken');
}
