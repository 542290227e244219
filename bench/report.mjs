// What came out, for people (Markdown and a chart) and for programs (everything, as JSON).
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { titles } from './contenders.mjs';

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const number = (value) =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);

export function write(folder, run) {
  // What is published is only ever a run of everything.
  const name = run.isWhole ? (run.growth ? 'growth' : 'latest') : 'trial';
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(run, null, 1) + '\n');
  writeFileSync(join(folder, `${name}.md`), markdown(run, name));
  writeFileSync(join(folder, `${name}.svg`), chart(run));
  console.log(`written: ${join(folder, name)}.md, .svg, .json`);
}

const values = (run, work, name, figure = run.works[work].figure) =>
  run.results[work]?.[name]?.map((r) => r[figure]).filter((v) => v !== undefined) ?? [];

function markdown(run, name) {
  const { about, names, works } = run;
  const bases = run.growth ? ['none'] : names.filter((n) => n !== 'ours');
  const compared = run.growth ? names.filter((n) => n !== 'none') : ['ours'];
  const title = (n) => (run.growth ? `${n} messages` : n);
  const cell = (values) => {
    if (values.length === 0) return '';
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return values.length === 1 ? number(low) : `${number(median(values))} (${number(low)} to ${number(high)})`;
  };
  const ratio = (work, one, base) => {
    const [a, b] = [values(run, work, one), values(run, work, base)];
    if (a.length === 0 || b.length === 0) return '';
    // Of each round by itself, since rounds are what the machine's moods fall on.
    return `${cell(a.map((value, i) => value / b[i]))} ×`;
  };
  const table = (head, rows) =>
    [head, head.map((_, i) => (i ? '--:' : '---')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
  const pairs = compared.flatMap((one) => bases.map((base) => [one, base]));
  const works_ = table(
    ['work', 'unit', ...names.map(title), ...pairs.map(([one, base]) => `${one} / ${base}`)],
    Object.entries(works).map(([work, { title, unit }]) => [
      title,
      unit,
      ...names.map((n) => cell(values(run, work, n))),
      ...pairs.map(([one, base]) => ratio(work, one, base)),
    ]),
  );
  const costs = [
    ['CPU of the process, µs a save', 'cpuMicroseconds'],
    ['CPU of PostgreSQL, µs a save', 'postgresCpuMicroseconds'],
    ['WAL, bytes a save', 'walBytes'],
    ['RSS, MiB', 'residentMiB'],
  ].map(([what, figure]) => [what, ...names.map((n) => cell(values(run, 'save-message', n, figure)))]);
  costs.push(['start-up, s', ...names.map((n) => cell(run.startUps[n] ?? []))]);
  if (!run.growth) costs.push(['image over its base, MiB', ...names.map((n) => (n === 'ours' ? number(about.publishedMiB) : ''))]);
  const clients = run.results['save-message']?.raw?.map((r) => r.clients);
  return `# ${run.growth ? 'Growth' : 'Measured'}

${about.at}, commit ${about.commit}; ${about.cpu}, load ${about.load.toFixed(1)}; PostgreSQL ${about.postgres}, .NET SDK ${about.dotnet}, Node ${about.node};
${about.rounds} round${about.rounds === 1 ? '' : 's'} of ${about.seconds} s. Medians (lowest to highest), of ratios too, each of which is of one round. Of rates more is better, of times less.

![chart](${name}.svg)

${works_}

${
  run.results['save-message'] ? `At SaveMessage with 128 connections${clients ? ` (pgbench: ${median(clients)})` : ''}` : 'Before any load'
}:

${table(['cost', ...names.map(title)], costs.filter((row) => row.slice(1).some(Boolean)))}
${run.growth ? '' : `\n${names.map((n) => `- ${n}: ${titles[n]}`).join('\n')}\n`}`;
}

/** Bars from a common start; in each work the longest is the largest figure, and each bears its number. */
function chart(run) {
  const colours = { ours: '#1f6feb', common: '#8b949e', tuned: '#57606a', raw: '#bf8700', bare: '#c9d1d9' };
  const bar = 16;
  const left = 110;
  const width = 760;
  let y = 10;
  const parts = [];
  for (const [work, { title, unit, figure }] of Object.entries(run.works)) {
    const medians = run.names.map((n) => [n, values(run, work, n)]).filter(([, v]) => v.length > 0);
    const most = Math.max(...medians.map(([, v]) => median(v)));
    y += 22;
    parts.push(`<text x="10" y="${y}" font-weight="bold">${title} (${unit}; ${figure === 'rate' ? 'more' : 'less'} is better)</text>`);
    y += 8;
    for (const [n, v] of medians) {
      const length = Math.max(1, (median(v) / most) * (width - left - 100));
      parts.push(
        `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${n}</text>`,
        `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${bar - 2}" fill="${colours[n] ?? '#1f6feb'}"/>`,
        `<text x="${(left + length + 6).toFixed(1)}" y="${y + 12}">${number(median(v))}</text>`,
      );
      y += bar;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 14}" font-family="sans-serif" font-size="12" fill="#24292f">
<rect width="100%" height="100%" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}
