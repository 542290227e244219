import { expect, it } from 'vitest';
import type { LoadSessionResponse, PageOfSession } from '../src/schema.js';
import { ask, newDatabase, newUser, startDevice } from './support/device.js';
import { Random } from './support/random.js';

/** Without one failure among n, the true rate is below 3/n with 95 % certainty: below one in a thousand. */
const AT_LEAST = 3_000;

it('recovers every operation that was queued offline, each applied exactly once', { timeout: 120_000 }, async () => {
  const user = newUser();
  const database = newDatabase();
  const random = new Random('recovery');
  const expected = new Map<string, string[]>();
  let queued = 0;

  for (let round = 0; queued < AT_LEAST; round++) {
    // Offline, and then gone without a word; what starts next finds only what lies on the disk.
    const before = await startDevice(user, { database });
    before.network.isDown = true;
    for (const title of [`${round} a`, `${round} b`]) {
      const ref = await before.persistence.sessions.create({ title });
      const session = before.open(ref);
      const keys = [ref];
      const { key, ref: card } = await session.addComponent({ name: 'Card', jsx_code: 'v0' });
      keys.push(key);
      for (let i = 0; i < 150; i++) {
        const kept = random.chance(0.1)
          ? await session.setCurrentComponent(card)
          : await session.addMessage({ type: 'prompt', text: `${title} ${i}` });
        keys.push(kept.key);
      }
      expected.set(title, keys);
      queued += keys.length;
    }
    before.persistence.close();

    const after = await startDevice(user, { database });
    let requests = 0;
    after.network.fate = (request) => {
      if (request.method === 'GET' || ++requests > 12) return 'passes';
      return random.chance(0.4) ? 'loses its answer' : random.chance(0.5) ? 'is cut' : 'passes';
    };
    // Whatever the backoff says: how long it waits is tried elsewhere.
    while (after.persistence.status.get().waiting > 0) await after.persistence.flush();
    expect(after.persistence.status.get()).toMatchObject({ state: 'saved', rejected: 0, conflicts: 0 });
    after.persistence.close();
  }

  let once = 0;
  const { items } = await ask<PageOfSession>(user, '/v1/sessions?limit=200');
  expect(items.map((session) => session.title).sort()).toEqual([...expected.keys()].sort());
  for (const { id, title, revision } of items) {
    const keys = expected.get(title)!;
    // As many revisions as operations, and each key at its own: none is missing and none was applied twice.
    expect(revision).toBe(keys.length);
    const receipts = await Promise.all(keys.map((key) => ask<{ revision: number }>(user, `/v1/operations/${key}`)));
    expect(receipts.map((receipt) => receipt.revision)).toEqual(keys.map((_, i) => i + 1));
    const { messages } = await ask<LoadSessionResponse>(user, `/v1/sessions/${id}?limit=1000`);
    expect(new Set(messages.map((message) => message.client_id)).size).toBe(messages.length);
    once += receipts.length;
  }
  console.log(`${queued} operations queued offline, ${once} applied exactly once: ${((100 * once) / queued).toFixed(1)} %`);
  expect(once).toBe(queued);
  expect(queued).toBeGreaterThanOrEqual(AT_LEAST);
});
