import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { Browser } from './support/browser.js';
import { Editor, type Handle } from './support/editor.js';
import { Network } from './support/network.js';
import { Service, token } from './support/service.js';

let service: Service;
const ends: (() => Promise<void>)[] = [];
let users = 1000;

beforeAll(async () => {
  service = await Service.start();
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

afterAll(async () => {
  await service?.stop();
});

async function browse(): Promise<Browser> {
  const browser = await Browser.start();
  ends.push(() => browser.end());
  return browser;
}

async function throughNetwork(): Promise<Network> {
  const network = await Network.to(service.address);
  ends.push(() => network.close());
  return network;
}

interface Loaded {
  messages: { content: string; client_id: string; role: string }[];
  components: { id: number; jsx_code: string; css_code: string; is_current: boolean }[];
}

const load = (user: number, id: number) => service.get<Loaded>(user, `/v1/sessions/${id}?limit=1000`);

const said = (loaded: Loaded) => loaded.messages.filter((m) => m.role === 'user').map((m) => m.content);

/** Says things the way a program of the page would, many at once. */
const sayMany = (page: Page, texts: string[]) =>
  page.evaluate(async (texts) => {
    const { aiEditor } = globalThis as unknown as { aiEditor: Handle };
    const { session, release } = aiEditor.persistence.open(aiEditor.sessionRef() ?? '');
    const where = [];
    for (const text of texts) where.push((await session.addMessage({ type: 'prompt', text })).where);
    release();
    return where;
  }, texts);

test('What was said, made and half typed is there after a refresh', async () => {
  const user = ++users;
  const browser = await browse();
  const editor = await Editor.open(await browser.newPage(), service.url, user);
  await editor.newSession();
  await editor.say('A red button, please');
  await expect.poll(() => editor.messages.count()).toBe(2);
  await editor.prompt.fill('Not yet sen');

  await editor.page.reload();

  await expect.poll(() => editor.messages.count()).toBe(2);
  expect(await editor.messages.first().textContent()).toContain('A red button, please');
  await expect.poll(() => editor.prompt.inputValue()).toBe('Not yet sen');
  await editor.allSaved();
  const loaded = await load(user, await editor.sessionId());
  expect(said(loaded)).toEqual(['A red button, please']);
  expect(loaded.components).toHaveLength(1);
});

test('What is typed while the prompt before it is being kept stays in the box', async () => {
  const user = ++users;
  const browser = await browse();
  const editor = await Editor.open(await browser.newPage(), service.url, user);
  await editor.newSession();
  await editor.say('A card');
  await expect.poll(() => editor.messages.count()).toBe(2);
  await editor.prompt.fill('A button');

  // In one go: no disk is as fast as that.
  await editor.prompt.evaluate((box) => {
    box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    document.execCommand('insertText', false, ' and more');
  });

  await expect.poll(() => editor.messages.count()).toBe(4);
  expect(await editor.messages.nth(2).textContent()).toContain('A button');
  expect(await editor.prompt.inputValue()).toBe(' and more');
});

test('Fifty things typed offline outlive a browser that is killed, and arrive exactly once', async () => {
  const user = ++users;
  const browser = await browse();
  const editor = await Editor.open(await browser.newPage(), service.url, user);
  await editor.newSession();
  await editor.say('Before');
  await editor.allSaved();
  const id = await editor.sessionId();
  const address = editor.page.url();
  const texts = Array.from({ length: 50 }, (_, i) => `offline ${i + 1}`);

  await browser.pages.setOffline(true);
  await editor.say(texts[0]!);
  const where = await sayMany(editor.page, texts.slice(1));
  expect(new Set(where)).toEqual(new Set(['indexeddb']));
  await browser.kill();
  expect(said(await load(user, id))).toEqual(['Before']);
  await browser.begin();
  // What localStorage had of the last seconds, such as the login, may be gone.
  const again = await Editor.open(await browser.newPage(), service.url, user);
  await again.page.goto(address);

  await again.prompt.waitFor();
  await again.allSaved();
  expect(said(await load(user, id))).toEqual(['Before', ...texts]);
});

test('Two tabs and two profiles that change a session at once end equal', async () => {
  const user = ++users;
  const [one, other] = [await browse(), await browse()];
  const first = await Editor.open(await one.newPage(), service.url, user);
  await first.newSession();
  await first.say('A card');
  await first.allSaved();
  const id = await first.sessionId();
  const pages = [first.page, await one.newPage(), await other.newPage(), await other.newPage()];
  const editors = [first];
  for (const page of pages.slice(1)) {
    const editor = await Editor.open(page, service.url, user);
    await page.goto(`${service.url}/#/s/${id}`);
    await editor.prompt.waitFor();
    editors.push(editor);
  }

  await Promise.all(pages.map((page, i) => sayMany(page, Array.from({ length: 10 }, (_, n) => `${i}-${n}`))));

  for (const editor of editors) await editor.allSaved();
  const all = (await load(user, id)).messages.map((m) => m.content);
  expect(all).toHaveLength(42);
  for (const [i] of pages.entries())
    expect(all.filter((text) => text.startsWith(`${i}-`))).toEqual(Array.from({ length: 10 }, (_, n) => `${i}-${n}`));
  for (const editor of editors) {
    await expect.poll(() => editor.messages.count()).toBe(42);
    const shown = await editor.messages.allTextContents();
    expect(shown.map((text, i) => text.includes(all[i]!))).not.toContain(false);
  }
});

test('A token that expires while things are being sent is renewed once, and nothing is lost', async () => {
  const user = ++users;
  const browser = await browse();
  let given = 0;
  await browser.pages.route('**/dev/token', (route) => {
    given++;
    return route.fulfill({ json: { token: token(user, given === 1 ? 3 : 600) } });
  });
  const editor = await Editor.open(await browser.newPage(), service.url, user);
  await editor.newSession();
  await editor.say('Before');
  await editor.allSaved();
  const expired = Date.now() + 3_000;

  let count = 0;
  while (Date.now() < expired + 500) await sayMany(editor.page, [`${++count}`]);

  await editor.allSaved();
  const texts = Array.from({ length: count }, (_, i) => `${i + 1}`);
  expect(said(await load(user, await editor.sessionId()))).toEqual(['Before', ...texts]);
  expect(given).toBe(2);
});

test('A service that is killed while things are being sent has each of them once when it is back', async () => {
  const user = ++users;
  const browser = await browse();
  const editor = await Editor.open(await browser.newPage(), service.url, user);
  await editor.newSession();
  await editor.say('Before');
  await editor.allSaved();
  const id = await editor.sessionId();
  const texts = Array.from({ length: 60 }, (_, i) => `flood ${i}`);

  const saying = sayMany(editor.page, texts);
  await expect.poll(async () => (await load(user, id)).messages.length, { interval: 5 }).toBeGreaterThan(5);
  await service.kill();
  await saying;
  await service.begin();

  await editor.allSaved();
  expect(said(await load(user, id))).toEqual(['Before', ...texts]);
});

test('A disk that is full is said to be, and what is typed then still arrives', async () => {
  const user = ++users;
  const browser = await browse();
  const before = await Editor.open(await browser.newPage(), service.url, user);
  await before.newSession();
  await before.say('Before');
  await before.allSaved();
  const id = await before.sessionId();
  const address = before.page.url();
  await browser.stop();
  await browser.begin();
  const page = await browser.newPage();
  // Before the origin is opened: the browser remembers for a while how much room there was.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(service.url).origin, quotaSize: 1 });
  const editor = await Editor.open(page, service.url, user);
  await page.goto(address);
  await editor.prompt.waitFor();

  await browser.pages.setOffline(true);
  const [where] = await sayMany(page, ['x'.repeat(300_000)]);
  expect(where).toBe('localstorage');
  expect((await editor.status()).storage).toBe('localstorage');
  await editor.page.getByRole('button', { name: /^Offline/ }).click();
  await editor.page.getByText('small backup storage').waitFor();
  await browser.pages.setOffline(false);

  await editor.allSaved();
  expect(said(await load(user, id))).toHaveLength(2);
});

test('An operation that is too large is set aside and said to be, and the rest goes on', async () => {
  const user = ++users;
  const browser = await browse();
  const editor = await Editor.open(await browser.newPage(), service.url, user);
  await editor.newSession();
  await editor.say('Before');
  await editor.allSaved();

  await sayMany(editor.page, ['one', 'x'.repeat(9 * 1024 * 1024), 'two', 'x'.repeat(2 * 1024 * 1024), 'three']);

  await editor.allSaved();
  expect((await editor.status()).rejected).toBe(2);
  await expect.poll(() => editor.page.getByRole('status').first().textContent()).toContain('Not all saved');
  expect(said(await load(user, await editor.sessionId()))).toEqual(['Before', 'one', 'two', 'three']);
});

test('After two hundred cuts of the network all is saved within thirty seconds, without a click', async () => {
  const user = ++users;
  const browser = await browse();
  const network = await throughNetwork();
  const editor = await Editor.open(await browser.newPage(), network.url, user);
  await editor.newSession();
  await editor.say('Before');
  await editor.allSaved();
  const id = await editor.sessionId();
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const random = generator(seed);

  let count = 0;
  while (network.cuts < 200) {
    await sayMany(editor.page, [`cut ${++count}`]);
    await new Promise((later) => setTimeout(later, random() * 40));
    network.cut();
    await new Promise((later) => setTimeout(later, random() * 40));
    network.heal();
  }
  const healedAt = Date.now();

  await editor.allSaved(30_000);
  console.log(`${count} things across ${network.cuts} cuts; all saved ${Date.now() - healedAt} ms after the last`);
  expect(said(await load(user, id))).toEqual(['Before', ...Array.from({ length: count }, (_, i) => `cut ${i + 1}`)]);
});

test('A line that two people changed is shown with its three sides, and what is not chosen is still among the versions', async () => {
  const user = ++users;
  const [here, there] = [await browse(), await browse()];
  const mine = await Editor.open(await here.newPage(), service.url, user);
  await mine.newSession();
  await mine.say('A card');
  await mine.allSaved();
  const id = await mine.sessionId();
  const theirs = await Editor.open(await there.newPage(), service.url, user);
  await theirs.page.goto(`${service.url}/#/s/${id}`);
  await expect.poll(() => theirs.messages.count()).toBe(2);
  const change = (page: Page, jsx_code: string) =>
    page.evaluate(async (jsx_code) => {
      const { aiEditor } = globalThis as unknown as { aiEditor: Handle };
      const { session, release } = aiEditor.persistence.open(aiEditor.sessionRef() ?? '');
      await session.updateComponent(session.view.get().components[0]!.ref, { jsx_code });
      release();
    }, jsx_code);

  await here.pages.setOffline(true);
  await change(mine.page, 'export default () => <p>mine</p>;');
  await change(theirs.page, 'export default () => <p>theirs</p>;');
  await theirs.allSaved();
  await here.pages.setOffline(false);
  await mine.page.getByRole('button', { name: '1 conflict', exact: true }).click();
  await mine.page.getByRole('button', { name: 'Look at 1 conflict' }).click();
  for (const [side, text] of [
    ['Before', 'className'],
    ['Yours', 'mine'],
    ['Theirs', 'theirs'],
  ] as const)
    await mine.page.getByRole('region', { name: side, exact: true }).getByText(text).first().waitFor();
  await mine.page.getByRole('button', { name: 'Keep mine' }).click();

  await expect.poll(async () => (await mine.status()).conflicts).toBe(0);
  await mine.allSaved();
  const [component] = (await load(user, id)).components;
  expect(component!.jsx_code).toContain('mine');
  const versions = await service.get<{ items: { version: number }[] }>(
    user,
    `/v1/sessions/${id}/components/${component!.id}/versions`,
  );
  const codes = await Promise.all(
    versions.items.map(({ version }) =>
      service.get<{ jsx_code: string }>(user, `/v1/sessions/${id}/components/${component!.id}/versions/${version}`),
    ),
  );
  expect(codes.map((c) => /mine|theirs/.exec(c.jsx_code)?.[0] ?? 'before')).toEqual(['mine', 'theirs', 'before']);
});

test('Every button has a name for those who hear the page', async () => {
  const browser = await browse();
  const editor = await Editor.open(await browser.newPage(), service.url, ++users);
  await editor.newSession();
  await editor.say('A card');
  await editor.allSaved();

  // As the browser tells assistive technology, which is not always what the elements would suggest.
  const devtools = await editor.page.context().newCDPSession(editor.page);
  const { nodes } = await devtools.send('Accessibility.getFullAXTree');
  const names = nodes.filter((node) => !node.ignored && node.role?.value === 'button').map((node) => String(node.name?.value));

  expect(names.length).toBeGreaterThan(5);
  expect(names).not.toContain('');
  expect(names.some((name) => name.startsWith('Saved'))).toBe(true);
});

test('Signing out leaves nothing of the user in the browser', async () => {
  const user = ++users;
  const browser = await browse();
  const editor = await Editor.open(await browser.newPage(), service.url, user);
  await editor.newSession();
  await editor.say('CANARY-7f3a');
  await editor.prompt.fill('CANARY-draft');
  await editor.allSaved();

  editor.page.on('dialog', (dialog) => void dialog.accept());
  await editor.page.getByRole('button', { name: 'Sign out' }).click();

  await editor.page.getByLabel('User number').waitFor();
  const left = await editor.page.evaluate(async () => {
    const all: unknown[] = [{ ...localStorage }, { ...sessionStorage }, document.cookie];
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((done, fail) => {
        const opening = indexedDB.open(name!);
        opening.onsuccess = () => done(opening.result);
        opening.onerror = () => fail(opening.error!);
      });
      for (const store of db.objectStoreNames)
        all.push(
          await new Promise((done, fail) => {
            const reading = db.transaction(store).objectStore(store).getAll();
            reading.onsuccess = () => done(reading.result);
            reading.onerror = () => fail(reading.error!);
          }),
        );
      db.close();
    }
    return JSON.stringify(all);
  });
  expect(left).not.toContain('CANARY');
});

test('The self-test passes from the console and from its page', async () => {
  const browser = await browse();
  const editor = await Editor.open(await browser.newPage(), service.url, ++users);

  const report = await editor.page.evaluate(() =>
    (globalThis as unknown as { aiEditor: Handle }).aiEditor.testPersistence(),
  );
  const utilities = await editor.page.evaluate(
    () => (globalThis as unknown as { aiEditor: Handle }).aiEditor.testPersistenceUtilities().isOk,
  );

  expect(report.steps.filter((step) => !step.isOk)).toEqual([]);
  expect(report.isOk && utilities).toBe(true);
});

/** mulberry32: the same seed, the same cuts. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
