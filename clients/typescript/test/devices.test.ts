import { expect, it } from 'vitest';
import type { Kept, OpenSession } from '../src/index.js';
import { digestOf } from '../src/replica.js';
import { ask, eventually, newDatabase, newUser, settled, startDevice, tokenOf, type Device } from './support/device.js';
import { Random } from './support/random.js';

const SECONDS = 12;

interface Pair {
  device: Device;
  session: OpenSession;
}

/** One thing that somebody does in a session. */
async function act({ session }: Pair, random: Random, n: number): Promise<Kept | undefined> {
  const view = session.view.get();
  const message = view.messages.length > 0 ? random.of(view.messages).ref : undefined;
  const component = view.components.length > 0 ? random.of(view.components) : undefined;
  const interaction = view.interactions.length > 0 ? random.of(view.interactions).ref : undefined;
  switch (random.below(14)) {
    case 0: case 1: case 2: case 3:
      return session.addMessage({ type: random.chance(0.5) ? 'prompt' : 'response', text: `message ${n}` });
    case 4:
      if (random.chance(0.3)) return session.addMessage({ type: 'prompt', text: '', image: new File([`image ${n}`], `${n}.png`, { type: 'image/png' }) });
      break;
    case 5:
      if (message) return session.updateMessage(message, { text: `changed ${n}` });
      break;
    case 6:
      if (message && random.chance(0.5)) return session.removeMessage(message);
      break;
    case 7:
      return session.addInteraction({ prompt: `prompt ${n}`, response: '', interaction_type: 'edit' });
    case 8:
      if (interaction && random.chance(0.3)) return session.removeInteraction(interaction);
      break;
    case 9:
      return session.addComponent({ name: `Component ${n}`, jsx_code: 'a\nb\nc\nd\ne\nf' });
    case 10: case 11:
      if (component) {
        const lines = component.jsx_code.split('\n');
        lines[random.below(lines.length)] = `line ${n}`;
        return session.updateComponent(component.ref, { jsx_code: lines.join('\n') }, { isTyping: random.chance(0.5) });
      }
      break;
    case 12:
      if (component) return session.setCurrentComponent(component.ref);
      break;
    default:
      if (component && random.chance(0.2)) return session.removeComponent(component.ref);
  }
  return undefined;
}

it('three devices that do whatever they like in several sessions, over a bad network, end equal to the service and each other', async () => {
  const user = newUser();
  const random = new Random('three devices');
  // The third has two tabs.
  const shared = newDatabase();
  const devices = await Promise.all([newDatabase(), newDatabase(), shared, shared].map((database) => startDevice(user, { database })));
  const refs: string[] = [];
  for (let i = 0; i < 3; i++) refs.push(await devices[0]!.persistence.sessions.create({ title: `session ${i}` }));
  await settled(devices[0]!.persistence);
  const { items } = await ask<{ items: { id: number }[] }>(user, '/v1/sessions');
  const ids = items.map((session) => session.id);
  const pairs = devices.flatMap((device) => ids.map((id): Pair => ({ device, session: device.open(String(id)) })));
  for (const device of devices)
    device.network.fate = (request) => {
      if (random.chance(0.85)) return 'passes';
      return random.chance(0.5) || request.method === 'GET' ? 'is cut' : 'loses its answer';
    };

  const until = performance.now() + SECONDS * 1000;
  let done = 0;
  /** What each key was about. */
  const wished = new Map<string, string>();
  const live = async (device: Device): Promise<void> => {
    const mine = pairs.filter((pair) => pair.device === device);
    while (performance.now() < until) {
      if (random.chance(0.05)) device.network.isDown = !device.network.isDown;
      const kept = await act(random.of(mine), random, done++);
      if (kept) wished.set(kept.key, kept.ref);
      if (random.chance(0.1)) void device.persistence.flush();
      // People pause; so does this, for as long as a round through the event loop takes, or a little longer.
      await new Promise((later) => setTimeout(later, random.below(20)));
    }
  };
  await Promise.all(devices.map(live));

  for (const { network } of devices) {
    network.isDown = false;
    network.fate = () => 'passes';
  }
  for (const { persistence } of devices) persistence.wake();
  for (const { persistence } of devices) await settled(persistence, 30_000);
  // Conflicts and changes of what was deleted elsewhere are for people to decide about: each is given up here.
  let conflicts = 0;
  let rejected = 0;
  const undecided = new Set<string>();
  for (const { persistence } of devices)
    for (const entry of persistence.outbox.entries.get()) {
      undecided.add(entry.item);
      if (entry.state === 'conflict') conflicts++;
      else rejected++;
      if (entry.state === 'rejected') expect(entry.problem).toMatchObject({ code: 'not_found' });
      await persistence.discard(entry.key);
    }
  expect(devices.map(({ persistence }) => persistence.status.get().waiting)).toEqual([0, 0, 0, 0]);

  const token = await tokenOf(user);
  let mutations = 0;
  for (const id of ids) {
    const mine = pairs.filter(({ session }) => session.view.get().session?.id === id);
    expect(mine).toHaveLength(4);
    const digest = await ask<{ revision: number; sha256: string }>(user, `/v1/sessions/${id}/digest`);
    mutations += digest.revision;
    for (const { session } of mine)
      await eventually(async () => {
        await session.sync();
        expect({ revision: session.copy!.revision, sha256: await digestOf(session.copy!) }).toEqual(digest);
      });
    const whole = await ask<{ messages: object[]; components: object[]; interactions: object[] }>(user, `/v1/sessions/${id}?limit=1000`);
    const { messages, components, interactions } = whole;
    for (const { session } of mine) {
      const bare = (rows: readonly object[]) => rows.map((row) => ({ ...row, ref: undefined, standing: undefined }));
      const view = session.view.get();
      expect({ messages: bare(view.messages), components: bare(view.components), interactions: bare(view.interactions) }).toEqual({
        messages: bare(messages), components: bare(components), interactions: bare(interactions),
      });
      expect([...view.messages, ...view.components, ...view.interactions].every((row) => row.standing === 'saved')).toBe(true);
    }
  }
  // All that was wished for was done once, save what is in conflict or came too late, and what had been built upon that.
  let receipts = 0;
  for (const [key, ref] of wished) {
    const answer = await fetch(`${devices[0]!.persistence.connection.baseUrl}/v1/operations/${key}`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (answer.ok) receipts++;
    else expect(undecided).toContain(ref);
  }
  expect(mutations).toBe(receipts + ids.length);
  const requests = devices.reduce((sum, { network }) => sum + network.sent.length, 0);
  console.log(`${done} turns, ${mutations} mutations, ${requests} requests, ${conflicts} conflicts, ${rejected} too late`);
  expect(mutations).toBeGreaterThan(100);
}, 90_000);
