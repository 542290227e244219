const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** "2 hr. ago", and a date where it is longer ago than anybody counts. */
export function ago(date: Date, now = Date.now()): string {
  const past = now - date.getTime();
  if (past > 7 * 86_400_000) return date.toLocaleDateString('en', { day: 'numeric', month: 'short' });
  for (const [unit, length] of UNITS) if (past >= length) return relative.format(-Math.floor(past / length), unit);
  return 'just now';
}

export const exact = (date: Date): string =>
  date.toLocaleString('en', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
