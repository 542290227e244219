import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay } from '../src/replay.js';

const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n'), { maxLength: 8 }).map((all) => all.join(''));

describe('a change made upon something else', () => {
  it('is what it was where nothing else changed, and nothing where it changed nothing', () => {
    fc.assert(fc.property(lines, lines, (from, to) => replay(from, to, from) === to && replay(from, from, to) === to));
  });

  it('leaves both changes in the text when they are of different lines', () => {
    expect(replay('1\n2\n3\n', 'one\n2\n3\n', '1\n2\nthree\n')).toBe('one\n2\nthree\n');
    expect(replay('1\n2\n3\n', '1\n2\nthree\n', 'zero\none\n2\n3\n')).toBe('zero\none\n2\nthree\n');
    expect(replay('1\n2\n3\n', '2\n3\n', '1\n2\n3\n4\n')).toBe('2\n3\n4\n');
    expect(replay('1\n2\n3', '1\n2\n3\n4', 'one\n2\n3')).toBe('one\n2\n3\n4');
  });

  it('is not guessed where the lines touch', () => {
    expect(replay('1\n2\n3\n', '1\ntwo\n3\n', '1\nTWO\n3\n')).toBeNull();
    expect(replay('1\n2\n3\n', 'one\n2\n3\n', '1\ntwo\n3\n')).toBeNull();
  });

  it('comes to the same from either side', () => {
    fc.assert(fc.property(lines, lines, lines, (base, mine, theirs) => replay(base, mine, theirs) === replay(base, theirs, mine)));
  });
});
