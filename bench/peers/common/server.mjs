// What most would write: Express, Drizzle, zod, jsonwebtoken. Each save: whose session is it, insert, touch the session.
import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { bigint, boolean, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import express from 'express';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import { z } from 'zod';

const id = () => bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity();
const sessionId = () => bigint('session_id', { mode: 'number' }).notNull();
const time = (name) => timestamp(name, { withTimezone: true }).notNull().defaultNow();

const sessions = pgTable('sessions', {
  id: id(),
  user_id: bigint('user_id', { mode: 'number' }).notNull(),
  title: text('title').notNull(),
  description: text('description'),
  is_active: boolean('is_active').notNull().default(true),
  created_at: time('created_at'),
  updated_at: time('updated_at'),
});
const messages = pgTable('messages', {
  id: id(),
  session_id: sessionId(),
  role: text('role').notNull(),
  content: text('content').notNull(),
  message_type: text('message_type').notNull().default('text'),
  metadata: jsonb('metadata').notNull().default({}),
  created_at: time('created_at'),
});
const components = pgTable('components', {
  id: id(),
  session_id: sessionId(),
  name: text('name').notNull(),
  jsx_code: text('jsx_code').notNull(),
  css_code: text('css_code').notNull().default(''),
  component_type: text('component_type').notNull().default('component'),
  is_current: boolean('is_current').notNull().default(true),
  metadata: jsonb('metadata').notNull().default({}),
  created_at: time('created_at'),
  updated_at: time('updated_at'),
});

const NewMessage = z.strictObject({
  role: z.enum(['user', 'assistant']),
  content: z.string().min(1).max(1 << 20),
  message_type: z.string().min(1).max(20).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
const NewComponent = z.strictObject({
  name: z.string().min(1).max(255),
  jsx_code: z.string().min(1).max(1 << 20),
  css_code: z.string().max(1 << 20).optional(),
  component_type: z.string().min(1).max(50).optional(),
  is_current: z.boolean().default(true),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
const db = drizzle(pool);
const app = express();
app.disable('x-powered-by');

app.get('/health/ready', async (_, res) => {
  await db.execute(sql`select 1`);
  res.json({ status: 'ready' });
});

app.use((req, res, next) => {
  try {
    const token = req.headers.authorization?.replace(/^Bearer /, '') ?? '';
    req.userId = Number(jwt.verify(token, process.env.JWT_SECRET, { algorithms: ['HS256'] }).sub);
    next();
  } catch {
    res.status(401).json({ error: 'unauthorized' });
  }
});
app.use(express.json({ limit: '3mb' }));

const findSession = async (req, res) => {
  const [session] = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.id, Number(req.params.id)), eq(sessions.user_id, req.userId)));
  if (!session) res.status(404).json({ error: 'not found' });
  return session;
};
const parse = (schema, req, res) => {
  const { success, data, error } = schema.safeParse(req.body);
  if (!success) res.status(422).json({ errors: z.flattenError(error) });
  return data;
};
const touch = (tx, session) =>
  tx.update(sessions).set({ updated_at: new Date() }).where(eq(sessions.id, session.id));

app.post('/v1/sessions/:id/messages', async (req, res) => {
  const session = await findSession(req, res);
  const body = session && parse(NewMessage, req, res);
  if (!body) return;
  const message = await db.transaction(async (tx) => {
    const [row] = await tx.insert(messages).values({ ...body, session_id: session.id }).returning();
    await touch(tx, session);
    return row;
  });
  res.status(201).json(message);
});

app.post('/v1/sessions/:id/components', async (req, res) => {
  const session = await findSession(req, res);
  const body = session && parse(NewComponent, req, res);
  if (!body) return;
  const component = await db.transaction(async (tx) => {
    // First, for its lock keeps two saves from both being the current one.
    await touch(tx, session);
    if (body.is_current)
      await tx
        .update(components)
        .set({ is_current: false })
        .where(and(eq(components.session_id, session.id), eq(components.is_current, true)));
    const [row] = await tx.insert(components).values({ ...body, session_id: session.id }).returning();
    return row;
  });
  res.status(201).json(component);
});

// Express makes an ETag of the body, and answers 304 by itself.
app.get('/v1/sessions/:id', async (req, res) => {
  const session = await findSession(req, res);
  if (!session) return;
  const [newest, all] = await Promise.all([
    db.select().from(messages).where(eq(messages.session_id, session.id)).orderBy(desc(messages.id)).limit(200),
    db.select().from(components).where(eq(components.session_id, session.id)).orderBy(asc(components.id)),
  ]);
  res.json({ session, messages: newest.reverse(), components: all });
});

const server = app.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  server.close(() => pool.end().then(() => process.exit(0)));
  server.closeAllConnections();
});
