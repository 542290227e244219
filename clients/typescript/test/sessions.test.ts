import { describe, expect, it } from 'vitest';
import type { Persistence } from '../src/index.js';
import { ask, eventually, newUser, post, settled, startDevice } from './support/device.js';
import { first, type Fate } from './support/network.js';

const titles = (persistence: Persistence): string[] => persistence.sessions.list.get().items.map((s) => s.title);
const isList = (request: Request): boolean => request.method === 'GET' && new URL(request.url).pathname === '/v1/sessions';

/** Lets the service answer at once and the answer come when it is let through. */
function held(matches: (request: Request) => boolean): { fate: (request: Request) => Fate; isAnswered: Promise<void>; letThrough: () => void } {
  let letThrough = () => {};
  let answered = () => {};
  const gate = new Promise<void>((done) => (letThrough = done));
  const isAnswered = new Promise<void>((done) => (answered = done));
  const fate = first(1, matches, async (request) => {
    const response = await fetch(request);
    const body = await response.text();
    answered();
    await gate;
    return new Response(body, response);
  });
  return { fate, isAnswered, letThrough: () => letThrough() };
}

describe('the list of sessions', () => {
  it('shows what is made, renamed and deleted at once, and the same when the service has said it', async () => {
    const user = newUser();
    await post(user, '/v1/sessions', { title: 'there' });
    const { persistence } = await startDevice(user);
    await persistence.sessions.refresh();
    const ref = await persistence.sessions.create({ title: 'here' });
    expect(titles(persistence)).toEqual(['here', 'there']);
    const seen: string[][] = [];
    persistence.sessions.list.subscribe(() => seen.push(titles(persistence)));
    await settled(persistence);
    expect(seen).toEqual(seen.map(() => ['here', 'there']));
    await persistence.sessions.rename(ref, 'renamed');
    expect(titles(persistence)).toEqual(['renamed', 'there']);
    await persistence.sessions.remove(ref);
    await settled(persistence);
    expect(titles(persistence)).toEqual(['there']);
    await persistence.sessions.refresh({ trashed: true });
    expect(titles(persistence)).toEqual(['renamed']);
    await persistence.sessions.restore(ref);
    await persistence.sessions.refresh({});
    expect(titles(persistence)).toEqual(['renamed', 'there']);
    await persistence.sessions.erase(ref);
    expect(titles(persistence)).toEqual(['there']);
    await persistence.sessions.refresh({ q: 'THE' });
    expect(titles(persistence)).toEqual(['there']);
    await persistence.sessions.refresh({ q: '%' });
    expect(titles(persistence)).toEqual([]);
  });

  it('keeps a session that was made while an older answer was under way', async () => {
    const user = newUser();
    const { persistence, network } = await startDevice(user);
    const { fate, isAnswered, letThrough } = held(isList);
    network.fate = fate;
    const refreshing = persistence.sessions.refresh();
    await isAnswered;
    await persistence.sessions.create({ title: 'new' });
    await settled(persistence);
    letThrough();
    await refreshing;
    expect(titles(persistence)).toEqual(['new']);
    expect(persistence.sessions.list.get().isLoading).toBe(false);
  });

  it('has each session once, page after page, also one that is renamed while its page is under way', async () => {
    const user = newUser();
    await post(user, '/v1/batch', { operations: Array.from({ length: 60 }, (_, i) => ({ type: 'create_session', title: `session ${i}` })) });
    const { items } = await ask<{ items: { id: number; title: string }[] }>(user, '/v1/sessions?limit=200');
    const last = items.at(-1)!;
    const { persistence, network } = await startDevice(user);
    await persistence.sessions.refresh();
    expect(persistence.sessions.list.get()).toMatchObject({ hasMore: true });
    const { fate, isAnswered, letThrough } = held(isList);
    network.fate = fate;
    const more = persistence.sessions.loadMore();
    await isAnswered;
    await persistence.open(String(last.id)).session.rename('renamed');
    await settled(persistence);
    letThrough();
    await more;
    await eventually(() => expect(persistence.sessions.list.get().hasMore).toBe(false));
    expect(persistence.sessions.list.get().items.map((s) => s.id).sort((a, b) => a - b)).toEqual(items.map((s) => s.id).sort((a, b) => a - b));
    expect(titles(persistence)[0]).toBe('renamed');
  });

  it('goes elsewhere and comes back whole', async () => {
    const user = newUser();
    const { persistence, open } = await startDevice(user);
    const ref = await persistence.sessions.create({ title: 'travels' });
    await open(ref).addMessage({ type: 'prompt', text: 'hello', image: new File(['image'], 'a.png', { type: 'image/png' }) });
    const archive = await persistence.sessions.export(ref);
    const { refs, counts } = await persistence.sessions.import(archive);
    expect(counts).toMatchObject({ messages: 1 });
    const session = open(refs[0]!);
    await eventually(() => expect(session.view.get().messages).toMatchObject([{ content: 'hello', attachments: [{ size: 5 }] }]));
  });
});
