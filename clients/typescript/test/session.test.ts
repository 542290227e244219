import { describe, expect, it } from 'vitest';
import { type OpenSession } from '../src/index.js';
import { ask, eventually, newDatabase, newUser, post, settled, startDevice } from './support/device.js';
import { answers, first, isBatch, Network } from './support/network.js';

/** Everything that a session has shown since. */
function watch(session: OpenSession): { texts: string[]; title: string | undefined }[] {
  const seen: { texts: string[]; title: string | undefined }[] = [];
  session.view.subscribe(() => {
    const view = session.view.get();
    seen.push({ texts: view.messages.map((m) => m.content), title: view.session?.title });
  });
  return seen;
}

describe('a session made on this device', () => {
  it('is on the screen at every moment while the service numbers it, and in the list', async () => {
    const user = newUser();
    const { persistence, open } = await startDevice(user);
    const ref = await persistence.sessions.create({ title: 'new' });
    const session = open(ref);
    const seen = watch(session);
    await session.addMessage({ type: 'prompt', text: 'first' });
    await settled(persistence);
    await eventually(() => expect(session.view.get().messages[0]?.id).toBeGreaterThan(0));
    await eventually(() => expect(session.view.get().session?.revision).toBe(2));
    expect(seen.map((s) => s.title)).toEqual(seen.map(() => 'new'));
    expect(seen.filter((s) => s.texts.length === 0).length).toBeLessThanOrEqual(1);
    expect(session.view.get().messages).toHaveLength(1);
    expect(persistence.sessions.list.get().items.map((s) => [s.title, s.ref])).toEqual([['new', ref]]);
  });

  it('stays on the screen when the network goes right after it was sent', async () => {
    const user = newUser();
    const { persistence, network, open } = await startDevice(user);
    network.fate = (request) => (isBatch(request) ? 'passes' : 'is cut');
    const session = open(await persistence.sessions.create({ title: 'new' }));
    await session.addMessage({ type: 'prompt', text: 'first' });
    await settled(persistence);
    expect(session.view.get()).toMatchObject({ session: { title: 'new' }, messages: [{ content: 'first' }] });
    await session.addMessage({ type: 'prompt', text: 'second' });
    await settled(persistence);
    expect(session.view.get().messages.map((m) => m.content)).toEqual(['first', 'second']);
    network.fate = () => 'passes';
    await session.sync();
    expect(session.view.get()).toMatchObject({ session: { revision: 3 }, error: null, hasOlder: false });
  });

  it('stays on the screen of another tab that shows it, and can be used there', async () => {
    const user = newUser();
    const database = newDatabase();
    const network = new Network();
    const here = await startDevice(user, { database, network });
    const there = await startDevice(user, { database, network });
    network.isDown = true;
    const ref = await here.persistence.sessions.create({ title: 'new' });
    const one = here.open(ref);
    await one.addMessage({ type: 'prompt', text: 'first' });
    await eventually(() => expect(there.persistence.outbox.entries.get()).toHaveLength(2));
    const other = there.open(ref);
    expect(other.view.get().messages).toHaveLength(1);
    const seen = watch(other);
    network.isDown = false;
    await here.persistence.flush();
    await settled(here.persistence);
    await eventually(() => expect(other.view.get().messages[0]?.id).toBeGreaterThan(0));
    expect(seen.map((s) => [s.title, s.texts.length])).toEqual(seen.map(() => ['new', 1]));
    await other.addMessage({ type: 'prompt', text: 'second', image: new File(['x'], 'x.png', { type: 'image/png' }) });
    await settled(there.persistence);
    await eventually(() => expect(one.view.get().messages.map((m) => m.content)).toEqual(['first', 'second']));
    expect(one.view.get().messages[1]!.attachments).toHaveLength(1);
  });

  it('is the same whether it is opened by its name or by its id', async () => {
    const user = newUser();
    const { persistence, open } = await startDevice(user);
    const ref = await persistence.sessions.create({ title: 'new' });
    await settled(persistence);
    const { items } = await ask<{ items: { id: number }[] }>(user, '/v1/sessions');
    expect(open(String(items[0]!.id))).toBe(open(ref));
  });

  it('is not listed any more by a device that is offline after it was deleted', async () => {
    const user = newUser();
    const database = newDatabase();
    const first = await startDevice(user, { database });
    const ref = await first.persistence.sessions.create({ title: 'gone' });
    const kept = await first.persistence.sessions.create({ title: 'kept' });
    for (const name of [ref, kept]) first.open(name);
    await settled(first.persistence);
    await first.persistence.sessions.remove(ref);
    await settled(first.persistence);
    expect(first.persistence.sessions.list.get().items.map((s) => s.title)).toEqual(['kept']);
    first.persistence.close();
    const network = new Network();
    network.isDown = true;
    const { persistence } = await startDevice(user, { database, network });
    await persistence.sessions.refresh();
    expect(persistence.sessions.list.get().items.map((s) => s.title)).toEqual(['kept']);
  });
});

describe('a session that is open while it is deleted and taken out of the trash again', () => {
  it('is gone, comes back, and is live', async () => {
    const user = newUser();
    const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'back' });
    const { persistence, open } = await startDevice(user);
    const session = open(String(id));
    await eventually(() => expect(session.view.get().session).not.toBeNull());
    await persistence.sessions.remove(String(id));
    await settled(persistence);
    await session.sync();
    expect(session.view.get()).toMatchObject({ isGone: true, session: null });
    await persistence.sessions.restore(String(id));
    await eventually(() => expect(session.view.get()).toMatchObject({ isGone: false, session: { title: 'back' } }));
    await post(user, `/v1/sessions/${id}/messages`, { role: 'user', content: 'live' });
    await eventually(() => expect(session.view.get().messages).toMatchObject([{ content: 'live' }]));
  });
});

describe('what a session shows', () => {
  it('has no message twice and none missing while its own change comes back live and in the answer', async () => {
    const user = newUser();
    const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'seen' });
    const { persistence, open } = await startDevice(user);
    const session = open(String(id));
    await eventually(() => expect(session.view.get().session).not.toBeNull());
    const seen = watch(session);
    for (let i = 0; i < 10; i++) await session.addMessage({ type: 'prompt', text: String(i) });
    await settled(persistence);
    await session.sync();
    for (const [i, { texts }] of seen.entries()) {
      expect(texts).toEqual(texts.map((_, j) => String(j)));
      if (i > 0) expect(texts.length).toBeGreaterThanOrEqual(seen[i - 1]!.texts.length);
    }
  });

  it('does not bring back a message that was deleted elsewhere before the answer to its making came', async () => {
    const user = newUser();
    const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'ghost' });
    const database = newDatabase();
    const { persistence, network, open } = await startDevice(user, { database });
    const session = open(String(id));
    await eventually(() => expect(session.view.get().session).not.toBeNull());
    let answer = () => {};
    const answered = new Promise<void>((done) => (answer = done));
    network.fate = first(1, isBatch, async (request) => {
      const response = await fetch(request);
      await answered;
      return response;
    });
    const { key } = await session.addMessage({ type: 'prompt', text: 'ghost' });
    const made = await eventually(() => ask<{ item_id: number }>(user, `/v1/operations/${key}`));
    await ask(user, `/v1/sessions/${id}/messages/${made.item_id}`, { method: 'DELETE' });
    await eventually(async () => {
      await session.sync();
      expect(session.copy!.revision).toBe(3);
    });
    answer();
    await settled(persistence);
    expect(session.view.get().messages).toEqual([]);
    persistence.close();
    const again = await startDevice(user, { database, network: Object.assign(new Network(), { isDown: true }) });
    const later = again.open(String(id));
    await eventually(() => expect(later.view.get().isHydrated).toBe(true));
    expect(later.view.get()).toMatchObject({ session: { title: 'ghost' }, messages: [] });
  });

  it('does not bring back a message that was deleted here while it was being sent', async () => {
    const user = newUser();
    const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'regretted' });
    const { persistence, network, open } = await startDevice(user);
    const session = open(String(id));
    await eventually(() => expect(session.view.get().session).not.toBeNull());
    let answer = () => {};
    const answered = new Promise<void>((done) => (answer = done));
    let isFirst = true;
    // Nor is it live that says so.
    network.fate = (request) => {
      if (!isBatch(request)) return 'is cut';
      if (!isFirst) return 'passes';
      isFirst = false;
      return async () => {
        const response = await fetch(request);
        await answered;
        return response;
      };
    };
    const { ref } = await session.addMessage({ type: 'prompt', text: 'regretted' });
    await eventually(() => expect(persistence.outbox.entries.get()[0]?.isSent).toBe(true));
    await session.removeMessage(ref);
    answer();
    await settled(persistence);
    expect(session.view.get().messages).toEqual([]);
  });

  it('does not bring back a message that was made and deleted here before either was sent', async () => {
    const user = newUser();
    const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'short' });
    const { persistence, network, open } = await startDevice(user);
    const session = open(String(id));
    await eventually(() => expect(session.view.get().session).not.toBeNull());
    network.isDown = true;
    const { ref } = await session.addMessage({ type: 'prompt', text: 'short-lived' });
    await session.removeMessage(ref);
    expect(session.view.get().messages).toEqual([]);
    const seen = watch(session);
    network.isDown = false;
    network.fate = (request) => (isBatch(request) ? 'passes' : 'is cut');
    await persistence.flush();
    await settled(persistence);
    expect(seen.filter((s) => s.texts.length > 0)).toEqual([]);
  });

  it('shows an error and goes on when the service cannot be asked, and no error afterwards', async () => {
    const user = newUser();
    const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'later' });
    const { network, open } = await startDevice(user);
    network.fate = first(1, (request) => request.method === 'GET', answers(503, 'unavailable'));
    const session = open(String(id));
    const errors: (Error | null)[] = [];
    session.view.subscribe(() => errors.push(session.view.get().error));
    await eventually(() => expect(errors.filter((e) => e !== null)).not.toEqual([]));
    await session.sync();
    expect(session.view.get()).toMatchObject({ error: null, session: { title: 'later' } });
  });
});

describe('drafts', () => {
  it('are kept for the next start, each under its own name', async () => {
    const user = newUser();
    const database = newDatabase();
    const { persistence } = await startDevice(user, { database });
    await persistence.drafts.set('a#b', 'of a#b');
    expect(await persistence.drafts.get('a')).toBe('');
    await persistence.drafts.set('a', 'of a');
    persistence.close();
    const again = await startDevice(user, { database });
    expect(await again.persistence.drafts.get('a')).toBe('of a');
    await again.persistence.drafts.set('a', '');
    expect(await again.persistence.drafts.get('a')).toBe('');
    expect(await again.persistence.drafts.get('a#b')).toBe('of a#b');
  });
});
