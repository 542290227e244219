import { describe, expect, it } from 'vitest';
import { createChatStore, createComponentStore } from '../src/index.js';
import { ask, eventually, newDatabase, newUser, post, settled, startDevice } from './support/device.js';
import { answers, Network } from './support/network.js';

describe('the chat store', () => {
  it('is empty, loads, shows what there is and what waits, and is empty again after a reset', async () => {
    const user = newUser();
    const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'chat' });
    await post(user, `/v1/sessions/${id}/messages`, { role: 'assistant', content: 'hello' });
    const { persistence, network } = await startDevice(user);
    const store = createChatStore(persistence);
    const empty = { sessionRef: null, messages: [], interactions: [], loading: false, error: null, hasOlder: false };
    expect(store.getState()).toMatchObject(empty);
    expect(() => store.getState().addMessage({ type: 'prompt', text: 'nowhere' })).toThrow('No session is open');
    store.getState().open(String(id));
    expect(store.getState()).toMatchObject({ sessionRef: String(id), loading: true });
    await eventually(() => expect(store.getState()).toMatchObject({ loading: false, messages: [{ type: 'response', text: 'hello' }] }));
    network.isDown = true;
    const { ref, where } = await store.getState().addMessage({ type: 'prompt', text: 'waits' });
    expect(where).toBe('indexeddb');
    await eventually(() => expect(store.getState().messages.at(-1)).toMatchObject({ id: ref, text: 'waits', standing: 'waiting' }));
    expect(store.getState().messages.at(-1)!.timestamp).toBeInstanceOf(Date);
    network.isDown = false;
    await persistence.flush();
    await eventually(() => expect(store.getState().messages.at(-1)).toMatchObject({ id: ref, standing: 'saved' }));
    await store.getState().updateMessage(ref, { text: 'changed' });
    await store.getState().addInteraction({ prompt: 'p', response: '', interactionType: 'edit', targetElement: null });
    await eventually(() => expect(store.getState()).toMatchObject({ messages: [{}, { text: 'changed' }], interactions: [{ prompt: 'p', targetElement: null }] }));
    await store.getState().removeMessage(ref);
    await store.getState().removeInteraction(store.getState().interactions[0]!.id);
    await settled(persistence);
    await eventually(() => expect(store.getState()).toMatchObject({ messages: [{ text: 'hello' }], interactions: [] }));
    store.getState().reset();
    expect(store.getState()).toMatchObject(empty);
  });

  it('says why there is nothing to show, and shows it as soon as there is', async () => {
    const user = newUser();
    const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'error' });
    const { persistence, network } = await startDevice(user);
    network.fate = () => answers(503, 'unavailable');
    const store = createChatStore(persistence);
    store.getState().open(String(id));
    await eventually(() => expect(store.getState()).toMatchObject({ loading: false, error: { code: 'unavailable' } }));
    network.fate = () => 'passes';
    persistence.wake();
    await eventually(() => expect(store.getState().error).toBeNull());
  });

  it('shows another session and nothing of the one before', async () => {
    const user = newUser();
    const { persistence } = await startDevice(user);
    const store = createChatStore(persistence);
    const [one, two] = [await persistence.sessions.create({ title: 'one' }), await persistence.sessions.create({ title: 'two' })];
    store.getState().open(one);
    await store.getState().addMessage({ type: 'prompt', text: 'in one' });
    await eventually(() => expect(store.getState().messages).toHaveLength(1));
    store.getState().open(two);
    expect(store.getState()).toMatchObject({ sessionRef: two, messages: [] });
    await settled(persistence);
    await eventually(() => expect(store.getState().loading).toBe(false));
    expect(store.getState().messages).toEqual([]);
    store.getState().open(one);
    await eventually(() => expect(store.getState().messages).toMatchObject([{ text: 'in one', standing: 'saved' }]));
  });

  it('gives images as Files with the bytes they had: before they are sent, after, and on another device', async () => {
    const user = newUser();
    const database = newDatabase();
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    const isIt = async (image: File | null | undefined): Promise<void> => {
      expect(image).toBeInstanceOf(File);
      expect(image!).toMatchObject({ name: 'cat ü.png', type: 'image/png' });
      expect(new Uint8Array(await image!.arrayBuffer())).toEqual(bytes);
    };
    const network = Object.assign(new Network(), { isDown: true });
    const { persistence } = await startDevice(user, { database, network });
    const ref = await persistence.sessions.create({ title: 'image' });
    const store = createChatStore(persistence);
    store.getState().open(ref);
    await store.getState().addMessage({ type: 'prompt', text: '', image: new File([bytes], 'cat ü.png', { type: 'image/png' }) });
    await eventually(() => expect(store.getState().messages[0]?.image).toBeTruthy());
    expect(store.getState().messages[0]!.text).toBe('');
    await isIt(store.getState().messages[0]!.image);
    network.isDown = false;
    await persistence.flush();
    await settled(persistence);
    await isIt(store.getState().messages[0]!.image);
    const { items } = await ask<{ items: { id: number }[] }>(user, '/v1/sessions');
    const other = createChatStore((await startDevice(user)).persistence);
    other.getState().open(String(items[0]!.id));
    await eventually(() => expect(other.getState().messages[0]?.image).toBeTruthy());
    await isIt(other.getState().messages[0]!.image);
    expect(other.getState().messages[0]!.text).toBe('');
  });
});

describe('the component store', () => {
  it('makes, changes, chooses, restores and removes, and tells which is current', async () => {
    const user = newUser();
    const { persistence } = await startDevice(user);
    const store = createComponentStore(persistence);
    expect(store.getState()).toMatchObject({ components: [], current: null, loading: false });
    store.getState().open(await persistence.sessions.create({ title: 'components' }));
    const { ref: button } = await store.getState().create({ name: 'Button', jsxCode: 'one', cssCode: 'css' });
    const { ref: card } = await store.getState().create({ name: 'Card', jsxCode: 'card', componentType: 'layout', metadata: { a: 1 } });
    await eventually(() => expect(store.getState().current?.id).toBe(card));
    expect(store.getState().components.map((c) => c.isCurrent)).toEqual([false, true]);
    await store.getState().update(button, { jsxCode: 'two' });
    await settled(persistence);
    await store.getState().setCurrent(button);
    await settled(persistence);
    await eventually(() => expect(store.getState().current).toMatchObject({ id: button, jsxCode: 'two', cssCode: 'css', version: 2 }));
    expect((await store.getState().versions(button)).map((v) => v.version)).toEqual([2, 1]);
    expect(await store.getState().version(button, 1)).toMatchObject({ jsx_code: 'one' });
    await store.getState().restore(button, 1);
    await settled(persistence);
    await eventually(() => expect(store.getState().current).toMatchObject({ jsxCode: 'one', version: 3, standing: 'saved' }));
    await store.getState().remove(button);
    await settled(persistence);
    await eventually(() => expect(store.getState()).toMatchObject({ current: null, components: [{ id: card, componentType: 'layout', metadata: { a: 1 } }] }));
    store.getState().reset();
    expect(store.getState()).toMatchObject({ sessionRef: null, components: [], current: null, conflicts: [] });
  });

  it('shows a conflict and ends it as its user says', async () => {
    const user = newUser();
    const { id } = await post<{ id: number }>(user, '/v1/sessions', { title: 'conflict' });
    const component = await post<{ id: number; client_id: string }>(user, `/v1/sessions/${id}/components`, { name: 'C', jsx_code: 'base' });
    const { persistence, network } = await startDevice(user);
    const store = createComponentStore(persistence);
    store.getState().open(String(id));
    await eventually(() => expect(store.getState().components).toHaveLength(1));
    network.isDown = true;
    await store.getState().update(component.client_id, { jsxCode: 'mine' });
    await ask(user, `/v1/sessions/${id}/components/${component.id}`, { method: 'PATCH', body: JSON.stringify({ jsx_code: 'theirs' }) });
    network.isDown = false;
    await persistence.flush();
    await eventually(() => expect(store.getState().conflicts).toHaveLength(1));
    await store.getState().resolve(store.getState().conflicts[0]!.key, { jsxCode: 'both' });
    await settled(persistence);
    await eventually(() => expect(store.getState()).toMatchObject({ conflicts: [], components: [{ jsxCode: 'both', standing: 'saved' }] }));
  });
});
