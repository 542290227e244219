/**
 * A change of text that was made upon `from`, made upon `onto` instead. Each side counts as one stretch of lines; null where
 * they touch, for then it takes more than this to tell what is meant.
 */
export function replay(from: string, to: string, onto: string): string | null {
  if (from === to) return onto;
  if (from === onto) return to;
  const [before, mine, theirs] = [from, to, onto].map((text) => text.split(/(?<=\n)/)) as [string[], string[], string[]];
  const here = stretch(before, mine);
  const there = stretch(before, theirs);
  const changed = mine.slice(here.start, mine.length - (before.length - here.end));
  const shift = there.end < here.start ? theirs.length - before.length : 0;
  if (shift === 0 && !(here.end < there.start) && !(there.end < here.start)) return null;
  return [...theirs.slice(0, here.start + shift), ...changed, ...theirs.slice(here.end + shift)].join('');
}

/** The lines that are not the same at the beginning, nor at the end. */
function stretch(before: readonly string[], after: readonly string[]): { start: number; end: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  return { start, end: before.length - same };
}
