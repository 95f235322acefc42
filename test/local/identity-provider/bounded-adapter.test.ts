import { describe, expect, it } from '@jest/globals';
import { createBoundedAdapter } from '../../../local/identity-provider/bounded-adapter.ts';

const create = createBoundedAdapter(() => 1_795_000_000_500);

describe('createBoundedAdapter', () => {
  it('keeps a thousand rows, and those that were written last', async () => {
    const adapter = create();
    for (let index = 0; index < 1000; index += 1) await adapter.upsert(`row-${index}`, {});
    await adapter.upsert('row-0', { grantId: 'again' });
    await adapter.upsert('row-1000', {});

    expect(await adapter.find('row-0')).toEqual({ grantId: 'again' });
    expect(await adapter.find('row-1')).toBeUndefined();
    expect(await adapter.find('row-2')).toEqual({});
    expect(await adapter.find('row-1000')).toEqual({});
  });

  it('finds by what a row has beside its id', async () => {
    const adapter = create();
    await adapter.upsert('a', { uid: 'u', userCode: 'BCDF' });
    await adapter.upsert('b', {});

    expect(await adapter.findByUid('u')).toEqual({ uid: 'u', userCode: 'BCDF' });
    expect(await adapter.findByUserCode('BCDF')).toEqual({ uid: 'u', userCode: 'BCDF' });
    expect(await adapter.findByUserCode('')).toBeUndefined();
  });

  it('marks what was consumed, in epoch seconds, and makes nothing of what is not there', async () => {
    const adapter = create();
    await adapter.upsert('a', { grantId: 'g' });

    await adapter.consume('a');
    await adapter.consume('b');

    expect(await adapter.find('a')).toEqual({ grantId: 'g', consumed: 1_795_000_000 });
    expect(await adapter.find('b')).toBeUndefined();
  });

  it('forgets one row, or all of a grant', async () => {
    const adapter = create();
    await adapter.upsert('a', { grantId: 'g' });
    await adapter.upsert('b', { grantId: 'g' });
    await adapter.upsert('c', { grantId: 'h' });
    await adapter.upsert('d', {});

    await adapter.revokeByGrantId('g');
    await adapter.destroy('d');

    const left = await Promise.all(['a', 'b', 'c', 'd'].map((id) => adapter.find(id)));
    expect(left).toEqual([undefined, undefined, { grantId: 'h' }, undefined]);
  });

  it('shares nothing with the adapter of another model', async () => {
    const [one, other] = [create(), create()];

    await one.upsert('a', {});

    expect(await other.find('a')).toBeUndefined();
  });
});
