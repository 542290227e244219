import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween, merged } from '../src/code/merging';
import { Text } from '@codemirror/state';

const line = fc.stringMatching(/^[a-c]{0,4}$/);
const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n'));

describe('what is typed while the text changes elsewhere', () => {
  it('leads from one text to another', () => {
    fc.assert(
      fc.property(text, text, (from, to) => {
        expect(changesBetween(from, to).apply(Text.of(from.split('\n'))).toString()).toBe(to);
      }),
    );
  });

  it('is what it was where only one side changed', () => {
    fc.assert(
      fc.property(text, text, (base, other) => {
        expect(merged(base, base, other)).toBe(other);
        expect(merged(base, other, base)).toBe(other);
      }),
    );
  });

  it('loses no insertion of either side', () => {
    fc.assert(
      fc.property(text, fc.nat(30), fc.nat(30), (base, a, b) => {
        const insert = (at: number, what: string) => base.slice(0, at % (base.length + 1)) + what + base.slice(at % (base.length + 1));
        const both = merged(base, insert(a, 'MINE'), insert(b, 'THEIRS'));
        expect(both).toContain('MINE');
        expect(both).toContain('THEIRS');
        expect(both).toHaveLength(base.length + 10);
      }),
    );
  });

  it('keeps changes of different lines apart', () => {
    const base = 'one\ntwo\nthree\n';
    expect(merged(base, 'one!\ntwo\nthree\n', 'one\ntwo\nthree?\n')).toBe('one!\ntwo\nthree?\n');
  });
});
