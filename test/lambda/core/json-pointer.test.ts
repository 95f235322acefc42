import { describe, expect, it } from '@jest/globals';
import { resolvePointer } from '../../../lambda/core/json-pointer.ts';

const document = JSON.parse(
  '{"a":{"b":"c"},"a/b":1,"m~n":2,"~1":3,"list":["x",{"y":"z"}],"":{"":4},"__proto__":{"own":5}}',
);

describe('resolvePointer', () => {
  it.each([
    ['', document],
    ['/a/b', 'c'],
    ['/a~1b', 1],
    ['/m~0n', 2],
    ['/~01', 3],
    ['/list/0', 'x'],
    ['/list/1/y', 'z'],
    ['//', 4],
    ['/__proto__/own', 5],
  ])('finds %j', (pointer, expected) => {
    expect(resolvePointer(document, pointer)).toEqual(expected);
  });

  it.each([
    '/absent',
    '/a/b/c',
    '/a/constructor',
    '/toString',
    '/constructor/name',
    '/list/length',
    '/list/00',
    '/list/-1',
    '/list/-',
    '/list/2',
    '/list/1e0',
    '/a/b/length',
  ])('finds nothing at %s', (pointer) => {
    expect(resolvePointer(document, pointer)).toBeUndefined();
  });
});
