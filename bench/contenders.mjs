// Who is measured: how each is started, and how its database is filled. Ids are the same everywhere: sessions 1..64, one
// for each of 64 users, are written to; 65..1064, of the same users in turn, are read and have 200 messages and 5 components.
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, stop, until } from './processes.mjs';

export const USERS = 64;
export const READ = 1000;
const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const secret = randomBytes(48).toString('base64');

const tokens = Array.from({ length: USERS }, (_, i) => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: `${i + 1}`, iat: now, exp: now + 86_400 })}`;
  return `${claims}.${createHmac('sha256', secret).update(claims).digest('base64url')}`;
});
export const tokenOf = (session) => tokens[(session - 1) % USERS];

export const all = ['ours', 'common', 'tuned', 'raw', 'bare'];
export const titles = {
  ours: 'this service',
  common: 'Express, Drizzle, zod, jsonwebtoken',
  tuned: 'Fastify, postgres.js, fast-jwt',
  raw: 'pgbench over the socket',
  bare: 'Kestrel alone, which keeps nothing',
};

const programs = {
  ours: ['dotnet', join(here, '../bin/Release/net10.0/AiEditor.Persistence.dll')],
  bare: ['dotnet', join(here, 'peers/bare/bin/Release/net10.0/bare.dll')],
};

/** What the image sets for whoever runs it; the service is measured as that. */
const image = Object.fromEntries(
  /^ENV (.+)$/m.exec(readFileSync(join(here, '../Dockerfile'), 'utf8'))[1].split(' ').map((setting) => setting.split('=', 2)),
);

/** Its database, filled, and the means to start it. */
export async function prepare(name, postgres, { database = name, messagesBefore = 0 } = {}) {
  postgres.create(database);
  const contender = new Contender(name, postgres, database);
  if (name === 'ours') {
    // The service migrates when it starts.
    await contender.start();
    await contender.stop();
  } else postgres.sql(database, readFileSync(join(here, 'peers/schema.sql'), 'utf8'));
  postgres.sql(database, name === 'ours' ? seedOurs(messagesBefore) : seedPeer);
  postgres.sql(database, 'vacuum analyze');
  return contender;
}

class Contender {
  constructor(name, postgres, database) {
    Object.assign(this, { name, postgres, database });
  }

  get messages() {
    return this.name === 'ours' ? 'chat_messages' : 'messages';
  }

  get keeps() {
    return this.name !== 'bare';
  }

  rows(table) {
    return this.postgres.number(this.database, `select count(*) from ${table}`);
  }

  /** Starts it, and returns the seconds until it was ready to serve from its database. */
  async start() {
    if (this.name === 'raw') return undefined;
    const port = await freePort();
    const log = openSync(join(this.postgres.folder, `${this.database}.log`), 'a');
    const [command, ...rest] = programs[this.name] ?? [process.execPath, join(here, 'peers', this.name, 'server.mjs')];
    const begin = performance.now();
    this.child = spawn(command, rest, {
      cwd: join(here, '..'),
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ...(this.name === 'ours' && image),
        NODE_ENV: 'production',
        ASPNETCORE_ENVIRONMENT: 'Production',
        DATABASE_URL: this.postgres.url(this.database),
        JWT_SECRET: secret,
        PORT: `${port}`,
        RATE_LIMIT: '0',
        SHUTDOWN_DELAY: '0',
      },
      stdio: ['ignore', log, log],
    });
    this.origin = `http://127.0.0.1:${port}`;
    await until(this.name, async () => {
      if (this.child.exitCode !== null) throw new Error(`${this.name} ended`);
      return (await fetch(`${this.origin}/health/ready`)).ok;
    });
    return (performance.now() - begin) / 1000;
  }

  async stop() {
    if (this.child) await stop(this.child);
  }

  /** Makes every session that is read look changed: what was remembered of it is worth nothing. */
  changeAll() {
    const set = this.name === 'ours' ? 'revision = revision + 1, updated_at = now()' : 'updated_at = now()';
    this.postgres.sql(this.database, `update sessions set ${set} where id between ${USERS + 1} and ${USERS + READ}`);
  }

  /** The file that says where wrk aims. */
  async targets(first, count, { withTags = false } = {}) {
    const lines = [];
    for (let session = first; session < first + count; session++) {
      const headers = { authorization: `Bearer ${tokenOf(session)}` };
      const tag = withTags ? (await fetch(`${this.origin}/v1/sessions/${session}`, { headers })).headers.get('etag') : '';
      lines.push(`${session} ${tokenOf(session)} ${tag}`.trim());
    }
    const file = join(this.postgres.folder, `${this.database}-${first}-${withTags}.targets`);
    writeFileSync(file, lines.join('\n'));
    return file;
  }
}

const text = `'Message ' || n || ': please make the button red, a little larger, and round its corners, as on the other page.'`;
const jsx = `repeat(E'<div className="card"><p>text</p></div>\\n', 41)`;
const css = `repeat(E'.card { color: red; }\\n', 18)`;

const seedPeer = `
  insert into sessions (user_id, title) select (i - 1) % ${USERS} + 1, 'Session ' || i from generate_series(1, ${USERS + READ}) i;
  insert into messages (session_id, role, content, metadata)
    select s, case n % 2 when 0 then 'assistant' else 'user' end, ${text}, '{"model":"bench","temperature":0.2}'
    from generate_series(${USERS + 1}, ${USERS + READ}) s, generate_series(1, 200) n;
  insert into components (session_id, name, jsx_code, css_code, is_current)
    select s, 'Card ' || n, ${jsx}, ${css}, n = 5 from generate_series(${USERS + 1}, ${USERS + READ}) s, generate_series(1, 5) n;`;

// Sessions of 200 messages by other users lie before the ones that are measured, journal and all.
const seedOurs = (messagesBefore) => `
  insert into sessions (client_id, user_id, title, is_active, revision, created_at, updated_at)
    select gen_random_uuid(), (i - 1) % ${USERS} + 1, 'Session ' || i, true, case when i <= ${USERS} then 1 else 206 end, now(), now()
    from generate_series(1, ${USERS + READ}) i;
  insert into sessions (client_id, user_id, title, is_active, revision, created_at, updated_at)
    select gen_random_uuid(), 1000 + i / 20, 'Session ' || i, true, 206, now(), now() from generate_series(1, ${messagesBefore / 200}) i;
  create temp table mass as select id as s, id > ${USERS + READ} as is_mass, user_id, client_id from sessions where id > ${USERS};
  insert into session_journal (session_id, revision, user_id, key, kind, action, item_id, sha256, created_at)
    select id, 1, user_id, client_id, 'session', 'create', id, sha256(id::text::bytea), now() from sessions;
  insert into chat_messages (session_id, client_id, revision, role, content, message_type, metadata, attachments, created_at)
    select s, gen_random_uuid(), n + 1, case n % 2 when 0 then 'assistant' else 'user' end, ${text}, 'text',
           '{"model":"bench","temperature":0.2}', '[]', now()
    from mass, generate_series(1, 200) n order by is_mass desc, s, n;
  insert into components (session_id, client_id, revision, version, version_revision, version_created_at, name, jsx_code, css_code,
                          component_type, is_current, metadata, created_at, updated_at)
    select s, gen_random_uuid(), 201 + n, 1, 201 + n, now(), 'Card ' || n, ${jsx}, ${css}, 'component', n = 5, '{}', now(), now()
    from mass, generate_series(1, 5) n where not is_mass order by s, n;
  insert into session_journal (session_id, revision, user_id, key, kind, action, item_id, sha256, created_at)
    select m.session_id, m.revision, mass.user_id, m.client_id, 'message', 'create', m.id, sha256(m.content::bytea), now()
    from chat_messages m join mass on mass.s = m.session_id order by m.session_id, m.revision;
  insert into session_journal (session_id, revision, user_id, key, kind, action, item_id, sha256, created_at)
    select c.session_id, c.revision, mass.user_id, c.client_id, 'component', 'create', c.id, sha256(c.name::bytea), now()
    from components c join mass on mass.s = c.session_id order by c.session_id, c.revision;`;
