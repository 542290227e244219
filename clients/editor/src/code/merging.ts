import { diff } from '@codemirror/merge';
import { ChangeSet } from '@codemirror/state';

/** What leads from one text to another, as few characters as can be found in reasonable time. */
export function changesBetween(from: string, to: string): ChangeSet {
  const changes = diff(from, to, { scanLimit: 500, timeout: 100 }).map((change) => ({
    from: change.fromA,
    to: change.toA,
    insert: to.slice(change.fromB, change.toB),
  }));
  return ChangeSet.of(changes, from.length);
}

/**
 * What has to be done to a text that was typed on while the text it began from was changed elsewhere, so that it holds
 * both. It is the reckoning of a shared document: nothing typed is lost, and what was inserted at the same place stands
 * side by side, for its author to see.
 */
export function broughtUp(base: string, typed: string, theirs: string): ChangeSet {
  if (typed === base) return changesBetween(typed, theirs);
  return changesBetween(base, theirs).map(changesBetween(base, typed));
}

export function applied(changes: ChangeSet, text: string): string {
  let result = '';
  let at = 0;
  changes.iterChanges((from, to, _from, _to, inserted) => {
    result += text.slice(at, from) + inserted.toString();
    at = to;
  });
  return result + text.slice(at);
}

/** The same as a text. */
export const merged = (base: string, typed: string, theirs: string): string => applied(broughtUp(base, typed, theirs), typed);
