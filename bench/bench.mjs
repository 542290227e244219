// Rounds of every work against every contender, in turn: what else the machine does falls on all of them alike, and only
// ratios within a run are claimed. No answer may be an error, and as many rows must be new as saves were acknowledged.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { all, prepare, READ, tokenOf, USERS } from './contenders.mjs';
import { paced, wrk } from './load.mjs';
import { startPostgres } from './postgres.mjs';
import { cpuSeconds, residentMiB } from './processes.mjs';
import { write } from './report.mjs';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const ONLY = process.env.BENCH_ONLY?.split(',');
const GROWTH = process.env.BENCH_GROWTH === '1';
const BATCH = 500;

const served = ['ours', 'common', 'tuned'];
const saving = (request, connections, more) => ({
  contenders: served,
  unit: 'saves/s',
  run: (contender, seconds) => save(contender, request, connections, seconds, more),
  ...more,
});

// `figure` says which figure of a run counts: a rate unless said otherwise.
const works = {
  'save-message': {
    ...saving('message', 128),
    title: 'SaveMessage, 128 connections',
    contenders: all,
    run: (contender, seconds) =>
      contender.name === 'raw' ? pgbench(contender, seconds) : save(contender, 'message', 128, seconds),
  },
  'save-message-1': { ...saving('message', 1), title: 'SaveMessage, 1 connection, p50', unit: 'ms', figure: 'p50' },
  'save-message-paced': {
    title: 'SaveMessage, 500 a second, p99',
    contenders: served,
    unit: 'ms',
    figure: 'p99',
    run: (contender, seconds) => counted(contender, contender.messages, 1, () => atFixedRate(contender, seconds)),
  },
  'save-component': { ...saving('component', 128), title: 'SaveComponent, 2 KB, 128 connections' },
  'load-changed': {
    title: 'LoadSession, changed each time',
    contenders: served,
    unit: 'loads/s',
    run: (contender, seconds) => loadChanged(contender, seconds),
  },
  'load-unchanged': {
    title: 'LoadSession, unchanged',
    contenders: served,
    unit: 'loads/s',
    run: (contender, seconds) => load(contender, seconds),
  },
  'load-not-modified': {
    title: 'LoadSession, If-None-Match',
    contenders: served,
    unit: 'loads/s',
    run: (contender, seconds) => load(contender, seconds, { withTags: true }),
  },
  batch: {
    ...saving('batch', 8, { each: BATCH }),
    title: 'ApplyBatch, 500 operations, 8 connections',
    contenders: ['ours'],
    unit: 'operations/s',
  },
};

let postgres;
const contenders = {};

async function putAway() {
  for (const contender of Object.values(contenders)) await contender.stop();
  await postgres?.stop();
}

async function save(contender, request, connections, seconds, { each = 1 } = {}) {
  const targets = await contender.targets(1, USERS);
  const table = request === 'component' ? 'components' : contender.messages;
  return counted(contender, table, each, () => wrk(contender, { request, connections, targets, seconds }));
}

/** What a run of saves cost, and that there are as many more rows as saves were acknowledged: none lost, none twice. */
async function counted(contender, table, each, run) {
  const [rows, wal] = [contender.rows(table), postgres.walBytes()];
  const cpu = () => [contender.child ? cpuSeconds(contender.child.pid) : 0, postgres.cpuSeconds()];
  const before = cpu();
  const result = await run();
  const after = cpu();
  const saves = result.requests * each;
  const more = contender.rows(table) - rows;
  if (more !== (contender.keeps ? saves : 0)) throw new Error(`${contender.name}: ${saves} saves acknowledged, ${more} rows more in ${table}`);
  return {
    ...result,
    rate: result.rate * each,
    saves,
    cpuMicroseconds: ((after[0] - before[0]) * 1e6) / saves,
    postgresCpuMicroseconds: ((after[1] - before[1]) * 1e6) / saves,
    walBytes: (postgres.walBytes() - wal) / saves,
    residentMiB: contender.child && residentMiB(contender.child.pid),
  };
}

let pacedRuns = 0;
function atFixedRate(contender, seconds) {
  const run = ++pacedRuns;
  const body = (n) => JSON.stringify({
    role: 'user',
    content: `Paced run ${run}, message ${n}: please make the button red, a little larger, and round its corners.`,
    metadata: { model: 'bench', temperature: 0.2 },
  });
  return paced(contender, { rate: 500, seconds, body, tokenOf, sessions: USERS });
}

/** The best of three client counts; each of its runs is half as long, but two seconds at least. */
async function pgbench(contender, seconds) {
  const script = join(postgres.folder, 'save.pgbench');
  writeFileSync(script, `
\\set session random(1, ${USERS})
\\set n random(1, 1000000000)
with touched as (update sessions set updated_at = now() where id = :session and user_id = :session returning id)
insert into messages (session_id, role, content, metadata)
select id, 'user', 'Message ' || :n || ': please make the button red, a little larger, and round its corners, as on the other.',
       '{"model":"bench","temperature":0.2}' from touched;
`);
  const runs = [];
  for (const clients of [4, 16, 64])
    runs.push(
      await counted(contender, 'messages', 1, () => {
        const text = postgres.pgbench(contender.database, script, clients, Math.max(2, Math.round(seconds / 2)));
        const rate = Number(/tps = ([\d.]+)/.exec(text)[1]);
        return { clients, rate, requests: Number(/processed: (\d+)/.exec(text)[1]) };
      }),
    );
  return runs.sort((a, b) => b.rate - a.rate)[0];
}

async function load(contender, seconds, { withTags = false } = {}) {
  const targets = await contender.targets(USERS + 1, USERS, { withTags });
  const result = await wrk(contender, { request: 'load', connections: 32, targets, seconds });
  const bytes = result.bytes / result.requests;
  if (bytes < 1000 !== withTags) throw new Error(`${contender.name}: ${bytes} bytes an answer`);
  return result;
}

/** All sessions are gone through in order, and changed again and again in less time than that takes. */
async function loadChanged(contender, seconds) {
  const targets = await contender.targets(USERS + 1, READ);
  const changing = setInterval(() => contender.changeAll(), 200);
  try {
    return await wrk(contender, { request: 'load', connections: 32, targets, seconds });
  } finally {
    clearInterval(changing);
  }
}

/** Each work of each round for each contender, the first to come another every time. */
async function rounds(chosen, results, order) {
  for (let round = 0; round < ROUNDS; round++)
    for (const [w, work] of chosen.entries()) {
      const present = order.filter((name) => works[work].contenders.includes(contenders[name].name));
      for (let i = 0; i < present.length; i++) {
        const name = present[(i + round + w) % present.length];
        const result = await works[work].run(contenders[name], SECONDS);
        ((results[work] ??= {})[name] ??= []).push(result);
        const figure = result[works[work].figure ?? 'rate'];
        console.log(`round ${round + 1}  ${work.padEnd(20)} ${name.padEnd(10)} ${figure.toFixed(figure < 100 ? 2 : 0)} ${works[work].unit}`);
      }
    }
}

async function main() {
  const chosen = GROWTH ? ['save-message', 'load-changed'] : Object.keys(works).filter((w) => !ONLY || ONLY.includes(w));
  const unknown = ONLY?.filter((w) => !works[w]);
  if (unknown?.length) {
    console.error(`BENCH_ONLY has ${unknown.join(', ')}; there are ${Object.keys(works).join(', ')}`);
    process.exit(2);
  }
  try {
    postgres = await startPostgres();
    const names = GROWTH
      ? { none: 0, '1 million': 1_000_000, '5 million': 5_000_000 }
      : Object.fromEntries(all.filter((n) => chosen.some((w) => works[w].contenders.includes(n))).map((n) => [n, 0]));
    const startUps = {};
    for (const [name, messagesBefore] of Object.entries(names)) {
      console.log(`preparing ${name}`);
      contenders[name] = GROWTH
        ? await prepare('ours', postgres, { database: `with_${messagesBefore}`, messagesBefore })
        : await prepare(name, postgres);
    }
    for (let i = 0; i < 3; i++)
      for (const [name, contender] of Object.entries(contenders)) {
        await contender.stop();
        const seconds = await contender.start();
        if (seconds) (startUps[name] ??= []).push(seconds);
      }
    // Compilers, plan caches and pools are given their time before anything counts; the first work pays for most of it.
    console.log('warming up, 12 s a contender and 4 s a work more');
    for (const contender of Object.values(contenders))
      for (const [i, work] of chosen.entries())
        if (works[work].contenders.includes(contender.name)) await works[work].run(contender, i === 0 ? 12 : 4);
    postgres.sql('postgres', 'checkpoint');

    const results = {};
    await rounds(chosen, results, Object.keys(names));
    const about = {
      at: new Date().toISOString(),
      commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: here, encoding: 'utf8' }).trim(),
      cpu: `${cpus().length} × ${cpus()[0].model}`,
      load: loadavg()[0],
      postgres: postgres.version,
      node: process.version,
      dotnet: execFileSync('dotnet', ['--version'], { cwd: here, encoding: 'utf8' }).trim(),
      rounds: ROUNDS,
      seconds: SECONDS,
      publishedMiB: publishedMiB(),
    };
    const folder = join(here, 'results');
    mkdirSync(folder, { recursive: true });
    write(folder, { about, growth: GROWTH, isWhole: !ONLY && ROUNDS >= 5, names: Object.keys(names), works: describe(chosen), results, startUps });
  } finally {
    await putAway();
  }
}

/** What the Dockerfile lays over the base image. */
function publishedMiB() {
  const to = join(postgres.folder, 'published');
  const options = ['-c', 'Release', '-o', to, '-p:UseAppHost=false', '--nologo', '-v', 'quiet'];
  execFileSync('dotnet', ['publish', join(here, '../AiEditor.Persistence.csproj'), ...options]);
  const files = readdirSync(to, { recursive: true }).map((file) => statSync(join(to, file)));
  return files.filter((file) => file.isFile()).reduce((sum, file) => sum + file.size, 0) / 2 ** 20;
}

const describe = (chosen) =>
  Object.fromEntries(chosen.map((w) => [w, { title: works[w].title, unit: works[w].unit, figure: works[w].figure ?? 'rate' }]));

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => putAway().finally(() => process.exit(130)));
await main();
