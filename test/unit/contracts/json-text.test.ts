import { describe, expect, it } from '@jest/globals';
import { doubledNames } from '../../../contracts/json-text';

describe('names that stand twice', () => {
  it.each([
    ['{"a":1,"a":2}', ['a']],
    ['{"a":1,"\\u0061":2}', ['a']],
    ['{"activities":[{"x":{}},{"activityParams":{"b":"a","b":["a","a"]}}]}', ['activities[1].activityParams.b']],
    ['[{"a":[1,2,{"c":0,"c":0}]}]', ['[0].a[2].c']],
    ['{"a":1,"a":1,"a":1}', ['a', 'a']],
  ])('are found in %s', (text, paths) => {
    expect(doubledNames(text).map(({ path }) => path)).toEqual(paths);
  });

  it.each(['{"a":"a","b":"a:{\\"a\\",","A":1}', '[{"a":1},{"a":1}]', '{"a":{"a":{"a":1}}}', '"a"', '[]', '{}', '7'])(
    'are none in %s',
    (text) => {
      expect(doubledNames(text)).toEqual([]);
    }
  );
});
