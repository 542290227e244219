import { describe, expect, it } from 'vitest';
import type { OpenSession } from '../src/index.js';
import { ask, eventually, newUser, post, settled, startDevice, type Device } from './support/device.js';

const CODE = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
const code = (changes: Record<number, string>): string => CODE.map((line, i) => changes[i] ?? line).join('\n');

interface Scene {
  user: string;
  id: number;
  component: { id: number; client_id: string };
  here: Device;
  session: OpenSession;
}

/** A session with a component, open on a device that is offline, while another one is not. */
async function scene(): Promise<Scene> {
  const user = newUser();
  const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'shared' });
  const component = await post<Scene['component']>(user, `/v1/sessions/${id}/components`, { name: 'C', jsx_code: code({}) });
  const here = await startDevice(user);
  const session = here.open(String(id));
  await eventually(() => expect(session.view.get().components).toHaveLength(1));
  here.network.isDown = true;
  return { user, id, component, here, session };
}

const elsewhere = ({ user, id, component }: Scene, patch: object): Promise<unknown> =>
  ask(user, `/v1/sessions/${id}/components/${component.id}`, { method: 'PATCH', body: JSON.stringify(patch) });
const there = ({ user, id, component }: Scene) =>
  ask<{ jsx_code: string; css_code: string; version: number }>(user, `/v1/sessions/${id}/components/${component.id}`);

async function reconnect({ here }: Scene): Promise<void> {
  here.network.isDown = false;
  here.persistence.wake();
  await settled(here.persistence);
}

describe('a component that is changed here, offline, and elsewhere', () => {
  it('gets both changes when they are of different lines, however many were made here', async () => {
    const s = await scene();
    const ref = s.component.client_id;
    await s.session.updateComponent(ref, { jsx_code: code({ 0: 'ONE' }) });
    await s.session.updateComponent(ref, { jsx_code: code({ 0: 'ONE', 2: 'THREE' }) });
    await s.session.updateComponent(ref, { jsx_code: code({ 0: 'ONE', 2: 'THREE', 4: 'FIVE' }) });
    await elsewhere(s, { jsx_code: code({ 7: 'EIGHT' }) });
    await reconnect(s);
    expect((await there(s)).jsx_code).toBe(code({ 0: 'ONE', 2: 'THREE', 4: 'FIVE', 7: 'EIGHT' }));
    expect(s.here.persistence.status.get()).toMatchObject({ state: 'saved', conflicts: 0 });
    await s.session.sync();
    expect(s.session.view.get().components[0]).toMatchObject({ jsx_code: code({ 0: 'ONE', 2: 'THREE', 4: 'FIVE', 7: 'EIGHT' }), standing: 'saved' });
  });

  it('is not in conflict with itself when a line was changed here again and again', async () => {
    const s = await scene();
    const ref = s.component.client_id;
    await s.session.updateComponent(ref, { jsx_code: code({ 0: 'ONE' }) });
    await s.session.updateComponent(ref, { jsx_code: code({ 0: 'One' }) });
    await s.session.updateComponent(ref, { jsx_code: code({ 0: 'One!', 2: 'THREE' }) });
    await s.session.updateComponent(ref, { css_code: 'mine' });
    await elsewhere(s, { jsx_code: code({ 7: 'EIGHT' }) });
    await reconnect(s);
    expect(await there(s)).toMatchObject({ jsx_code: code({ 0: 'One!', 2: 'THREE', 7: 'EIGHT' }), css_code: 'mine' });
    expect(s.here.persistence.status.get()).toMatchObject({ state: 'saved', conflicts: 0 });
  });

  const conflict = async () => {
    const s = await scene();
    const ref = s.component.client_id;
    await s.session.updateComponent(ref, { jsx_code: code({ 3: 'mine' }) });
    await s.session.updateComponent(ref, { css_code: 'mine too' });
    await elsewhere(s, { jsx_code: code({ 3: 'theirs' }) });
    await reconnect(s);
    expect(s.here.persistence.status.get()).toMatchObject({ state: 'conflict', conflicts: 1, waiting: 0 });
    return { ...s, ref };
  };

  it('is in conflict when they are of the same line: all three sides are shown, and later changes go into mine', async () => {
    const s = await conflict();
    const [shown] = s.session.view.get().conflicts;
    expect(shown).toMatchObject({
      component: s.ref,
      base: { version: 1, jsx_code: code({}) },
      mine: { jsx_code: code({ 3: 'mine' }), css_code: 'mine too' },
      theirs: { version: 2, jsx_code: code({ 3: 'theirs' }) },
    });
    await s.session.updateComponent(s.ref, { jsx_code: code({ 3: 'mine, later' }) });
    await s.here.persistence.flush();
    expect(s.session.view.get().conflicts).toHaveLength(1);
    expect(s.session.view.get().conflicts[0]!.mine.jsx_code).toBe(code({ 3: 'mine, later' }));
    expect(s.session.view.get().components[0]).toMatchObject({ jsx_code: code({ 3: 'mine, later' }), standing: 'conflict' });
    expect(await there(s)).toMatchObject({ version: 2, jsx_code: code({ 3: 'theirs' }) });
    // It stands in nobody's way.
    await s.session.addMessage({ type: 'prompt', text: 'goes on' });
    await settled(s.here.persistence);
    expect(s.here.persistence.status.get().conflicts).toBe(1);
  });

  it.each([
    ['mine', 'mine' as const, { jsx_code: code({ 3: 'mine' }), css_code: 'mine too', version: 3 }],
    ['theirs', 'theirs' as const, { jsx_code: code({ 3: 'theirs' }), css_code: '', version: 2 }],
    ['both', { jsx_code: code({ 3: 'both' }) }, { jsx_code: code({ 3: 'both' }), css_code: 'mine too', version: 3 }],
  ])('ends with what was chosen: %s', async (_, how, expected) => {
    const s = await conflict();
    const { key } = s.session.view.get().conflicts[0]!;
    await s.session.resolve(key, how);
    await settled(s.here.persistence);
    expect(await there(s)).toMatchObject(expected);
    await s.session.sync();
    expect(s.here.persistence.status.get()).toMatchObject({ state: 'saved', conflicts: 0 });
    expect(s.session.view.get()).toMatchObject({ conflicts: [], components: [{ ...expected, standing: 'saved' }] });
    // What is changed afterwards is a change as any other.
    await s.session.updateComponent(s.ref, { name: 'after' });
    await settled(s.here.persistence);
    expect(await there(s)).toMatchObject({ name: 'after', version: expected.version + 1 });
  });

  it('is in conflict anew when it changed once more before the choice came', async () => {
    const s = await conflict();
    await elsewhere(s, { jsx_code: code({ 3: 'theirs, later' }) });
    await s.session.resolve(s.session.view.get().conflicts[0]!.key, 'mine');
    await settled(s.here.persistence);
    expect(s.session.view.get().conflicts).toMatchObject([
      { mine: { jsx_code: code({ 3: 'mine' }) }, theirs: { jsx_code: code({ 3: 'theirs, later' }) } },
    ]);
  });

  it('keeps what was made here when it was deleted elsewhere', async () => {
    const s = await scene();
    await s.session.updateComponent(s.component.client_id, { jsx_code: 'mine' });
    await ask(s.user, `/v1/sessions/${s.id}/components/${s.component.id}`, { method: 'DELETE' });
    await reconnect(s);
    expect(s.here.persistence.status.get()).toMatchObject({ state: 'error', rejected: 1, waiting: 0 });
    expect(s.here.persistence.outbox.export()).toContain('"mine"');
  });
});
