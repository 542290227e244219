// A PostgreSQL for this run alone, from the machine's own binaries: one server, a database per contender.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpuSeconds, freePort, stop, until } from './processes.mjs';

const SETTINGS = {
  // What a promise of durability costs is the point of the exercise.
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '1GB',
  max_connections: '200',
  // A checkpoint would fall on one contender and not on another.
  checkpoint_timeout: '1h',
  max_wal_size: '16GB',
};

export async function startPostgres() {
  const bin = findBinaries();
  // PostgreSQL refuses root.
  const asUser = process.getuid() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  // Not /tmp, which may be memory, where fsync costs nothing.
  const folder = mkdtempSync('/var/tmp/bench-');
  if (asUser.uid) chownSync(folder, asUser.uid, asUser.gid);
  const data = join(folder, 'data');
  const password = randomBytes(24).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  if (asUser.uid) chownSync(passwordFile, asUser.uid, asUser.gid);
  const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' };
  const options = ['-D', data, '-U', 'bench', '--pwfile', passwordFile, '--auth=scram-sha-256', '--encoding=UTF8'];
  execFileSync(join(bin, 'initdb'), options, { ...asUser, cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });

  const port = await freePort();
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(join(folder, 'server.log'), 'a');
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-h', '127.0.0.1', '-p', `${port}`, '-k', folder, ...settings],
    { ...asUser, cwd: folder, env, stdio: ['ignore', log, log] },
  );

  const login = { ...process.env, PGHOST: '127.0.0.1', PGPORT: `${port}`, PGUSER: 'bench', PGPASSWORD: password };
  const sql = (database, text) =>
    execFileSync(join(bin, 'psql'), ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', database], {
      env: login,
      input: text,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    }).trim();
  await until('PostgreSQL', () => execFileSync(join(bin, 'pg_isready'), ['-q'], { env: login }) !== null);

  return {
    folder,
    sql,
    version: sql('postgres', 'show server_version'),
    number: (database, text) => Number(sql(database, text)),
    url: (database) => `postgresql://bench:${password}@127.0.0.1:${port}/${database}`,
    create: (database) => sql('postgres', `create database ${database}`),
    walBytes: () => Number(sql('postgres', "select pg_current_wal_lsn() - '0/0'")),
    cpuSeconds: () => cpuSeconds(server.pid, { withChildren: true }),
    /** Over the socket: no contender has less between itself and the server. */
    pgbench: (database, script, clients, seconds) =>
      execFileSync(
        join(bin, 'pgbench'),
        ['-n', '-M', 'prepared', '-f', script, '-c', `${clients}`, '-j', '2', '-T', `${seconds}`, database],
        { env: { ...login, PGHOST: folder }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
      ),
    async stop() {
      // SIGINT: whoever is connected is sent away.
      await stop(server, 'SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findBinaries() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => b - a) : [];
  const found = versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
  if (!found) throw new Error(`no PostgreSQL below ${root}`);
  return found;
}

const idOf = (which) => Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }));
