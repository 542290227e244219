// As fast as Node goes without changing the idea: Fastify with compiled schemas, tokens verified once, postgres.js, which
// prepares and pipelines, one statement a request, and JSON that PostgreSQL has already put together.
import Fastify from 'fastify';
import { createVerifier } from 'fast-jwt';
import postgres from 'postgres';

const sql = postgres(process.env.DATABASE_URL, { max: 16, onnotice: () => {} });
const verify = createVerifier({ key: process.env.JWT_SECRET, algorithms: ['HS256'], cache: 10_000 });
const app = Fastify({ bodyLimit: 3 << 20, forceCloseConnections: true });

const text = (minLength, maxLength) => ({ type: 'string', minLength, maxLength });
const strict = (required, properties) => ({ body: { type: 'object', additionalProperties: false, required, properties } });
const NewMessage = strict(['role', 'content'], {
  role: { enum: ['user', 'assistant'] },
  content: text(1, 1 << 20),
  message_type: text(1, 20),
  metadata: { type: 'object' },
});
const NewComponent = strict(['name', 'jsx_code'], {
  name: text(1, 255),
  jsx_code: text(1, 1 << 20),
  css_code: text(0, 1 << 20),
  component_type: text(1, 50),
  is_current: { type: 'boolean', default: true },
  metadata: { type: 'object' },
});

app.get('/health/ready', async () => {
  await sql`select 1`;
  return { status: 'ready' };
});

app.register(async (v1) => {
  v1.decorateRequest('userId', 0);
  v1.addHook('onRequest', (request, reply, next) => {
    try {
      request.userId = Number(verify(request.headers.authorization?.slice(7) ?? '').sub);
      next();
    } catch {
      reply.code(401).send({ error: 'unauthorized' });
    }
  });

  const answer = (reply, status, json) =>
    json === undefined
      ? reply.code(404).send({ error: 'not found' })
      : reply.code(status).type('application/json; charset=utf-8').send(json);

  v1.post('/v1/sessions/:id/messages', { schema: NewMessage }, async (request, reply) => {
    const { role, content, message_type = 'text', metadata = {} } = request.body;
    const [row] = await sql`
      with touched as (
        update sessions set updated_at = now() where id = ${request.params.id} and user_id = ${request.userId} returning id
      ), saved as (
        insert into messages (session_id, role, content, message_type, metadata)
        select id, ${role}, ${content}, ${message_type}, ${sql.json(metadata)} from touched returning *
      )
      select row_to_json(saved)::text as json from saved`;
    return answer(reply, 201, row?.json);
  });

  v1.post('/v1/sessions/:id/components', { schema: NewComponent }, async (request, reply) => {
    const { name, jsx_code, css_code = '', component_type = 'component', is_current, metadata = {} } = request.body;
    // The unique index admits one current component at every moment, and the parts of one statement do not see each
    // other: the former one is retired in a statement of its own, in the same transaction, sent without waiting.
    const row = await sql.begin(async (tx) => {
      const touched = tx`
        update sessions set updated_at = now() where id = ${request.params.id} and user_id = ${request.userId} returning id`;
      const retired = is_current
        ? tx`update components set is_current = false where session_id = (
               select id from sessions where id = ${request.params.id} and user_id = ${request.userId}
             ) and is_current`
        : undefined;
      const saved = tx`
        with saved as (
          insert into components (session_id, name, jsx_code, css_code, component_type, is_current, metadata)
          select id, ${name}, ${jsx_code}, ${css_code}, ${component_type}, ${is_current}, ${sql.json(metadata)}
          from sessions where id = ${request.params.id} and user_id = ${request.userId} returning *
        )
        select row_to_json(saved)::text as json from saved`;
      const [, , [made]] = await Promise.all([touched, retired, saved]);
      return made;
    });
    return answer(reply, 201, row?.json);
  });

  v1.get('/v1/sessions/:id', async (request, reply) => {
    const { id } = request.params;
    const known = request.headers['if-none-match'];
    if (known !== undefined) {
      const [row] = await sql`
        select 1 from sessions where id = ${id} and user_id = ${request.userId}
        and 'W/"' || extract(epoch from updated_at) || '"' = ${known}`;
      if (row) return reply.code(304).header('etag', known).send();
    }
    const [row] = await sql`
      select 'W/"' || extract(epoch from s.updated_at) || '"' as etag, json_build_object(
        'session', row_to_json(s),
        'messages', (
          select coalesce(json_agg(m order by m.id), '[]')
          from (select * from messages where session_id = s.id order by id desc limit 200) m
        ),
        'components', (select coalesce(json_agg(c order by c.id), '[]') from components c where c.session_id = s.id)
      )::text as json
      from sessions s where s.id = ${id} and s.user_id = ${request.userId}`;
    if (row) reply.header('etag', row.etag);
    return answer(reply, 200, row?.json);
  });
});

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => app.close().then(() => sql.end({ timeout: 1 })).then(() => process.exit(0)));
