import { mkdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { Browser } from './support/browser.js';
import { Editor, type Handle } from './support/editor.js';
import { Service } from './support/service.js';

/** With SCREENSHOTS=1 the pictures of docs/screenshots are taken anew. */
const PICTURES = process.env.SCREENSHOTS ? resolve(import.meta.dirname, '../../docs/screenshots') : null;
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

let service: Service;
let browser: Browser;
let other: Browser;
let axe: string;
const complaints: string[] = [];

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  if (PICTURES) await mkdir(PICTURES, { recursive: true });
  [service, browser, other] = await Promise.all([Service.start(), Browser.start(), Browser.start()]);
});

afterAll(async () => {
  await browser?.end();
  await other?.end();
  await service?.stop();
});

/** Looks at what is shown with axe, and takes its picture. */
async function look(page: Page, name: string, isPictured = true): Promise<void> {
  // What fades in has its colours only then.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))));
  const found = await page.evaluate(async (source) => {
    if (!('axe' in globalThis)) new Function(source)();
    const { axe } = globalThis as unknown as { axe: { run(context: object, options: object): Promise<Found> } };
    type Found = { violations: { id: string; impact: string; nodes: { html: string }[] }[] };
    // The preview is somebody else's page.
    const { violations } = await axe.run(document, { iframes: false, resultTypes: ['violations'] });
    return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => `${v.id}: ${v.nodes[0]?.html}`);
  }, axe);
  complaints.push(...found.map((text) => `${name}: ${text}`));
  if (PICTURES && isPictured) await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

test('No state of the editor has a serious fault that axe can find, in light and dark, wide and on a phone', async () => {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(service.url);
  await page.getByLabel('User number').waitFor();
  await look(page, 'sign-in');
  const editor = await Editor.open(page, service.url, 7);
  await look(page, 'empty', false);
  await editor.newSession();
  await editor.say('A pricing table with three plans, dark and rounded');
  await expect.poll(() => editor.messages.count()).toBe(2);
  await editor.say('Make it blue');
  await expect.poll(() => editor.messages.count()).toBe(4);
  await page.frameLocator('iframe').getByText('Simple prices').waitFor();
  await editor.allSaved();
  await look(page, 'editor-light');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await look(page, 'editor-dark');
  await page.setViewportSize(PHONE);
  for (const tab of ['Chat', 'Preview', 'Code']) {
    await page.getByRole('navigation').getByRole('button', { name: tab }).click();
    await look(page, `phone-${tab.toLowerCase()}`);
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });

  await page.getByRole('button', { name: /History/ }).first().click();
  await page.getByRole('list', { name: 'Versions' }).getByRole('button').nth(1).waitFor();
  await look(page, 'history');
  await page.keyboard.press('Escape');

  const id = await editor.sessionId();
  const elsewhere = await Editor.open(await other.newPage(), service.url, 7);
  await elsewhere.page.goto(`${service.url}/#/s/${id}`);
  await expect.poll(() => elsewhere.messages.count()).toBe(4);
  const recolour = (of: Page, colour: string) =>
    of.evaluate(async (colour) => {
      const { aiEditor } = globalThis as unknown as { aiEditor: Handle };
      const { session, release } = aiEditor.persistence.open(aiEditor.sessionRef() ?? '');
      const [component] = session.view.get().components;
      await session.updateComponent(component!.ref, {
        css_code: component!.css_code.replace(/--accent: #\w+/, `--accent: ${colour}`),
      });
      release();
    }, colour);
  await editor.goOffline();
  await editor.say('Make it rounder');
  await expect.poll(() => editor.messages.count()).toBe(6);
  await page.getByRole('button', { name: /^Offline/ }).click();
  await look(page, 'offline');
  await page.keyboard.press('Escape');
  await recolour(page, '#0d9488');
  await recolour(elsewhere.page, '#b91c1c');
  await elsewhere.allSaved();
  await editor.goOffline();
  await page.getByRole('button', { name: '1 conflict', exact: true }).click();
  await page.getByRole('button', { name: 'Look at 1 conflict' }).click();
  await page.getByRole('region', { name: 'Result', exact: true }).waitFor();
  await look(page, 'conflict');
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await expect.poll(async () => (await editor.status()).conflicts).toBe(0);
  await editor.allSaved();

  await page.evaluate(async () => {
    const { aiEditor } = globalThis as unknown as { aiEditor: Handle };
    const { session, release } = aiEditor.persistence.open(aiEditor.sessionRef() ?? '');
    await session.addMessage({ type: 'prompt', text: 'A novel. '.repeat(200_000) });
    release();
  });
  await page.getByRole('button', { name: 'Not all saved' }).click();
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('dialog').waitFor();
  await look(page, 'refused');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Trash' }).click();
  await look(page, 'trash');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('menuitem', { name: 'Self-test' }).click();
  await page.getByRole('dialog', { name: 'Self-test' }).getByRole('button', { name: /^(Run|Start|Begin)/ }).click();
  await page.getByText(/All \d+ steps passed/).waitFor({ timeout: 60_000 });
  await look(page, 'self-test');

  expect(complaints).toEqual([]);
  expect(errors).toEqual([]);
});

test('The page is what a browser, a reader of screens and a slow line expect of one', async () => {
  const page = await browser.newPage();
  const failed: string[] = [];
  page.on('requestfailed', (request) => failed.push(request.url()));
  page.on('response', (response) => response.status() >= 400 && failed.push(`${response.status()} ${response.url()}`));
  page.on('console', (message) => message.type() === 'error' && failed.push(message.text()));
  const foreign: string[] = [];
  page.on('request', (request) => request.url().startsWith(service.url) || foreign.push(request.url()));
  await page.goto(service.url, { waitUntil: 'networkidle' });

  const facts = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    viewport: document.querySelector<HTMLMetaElement>('meta[name=viewport]')?.content ?? '',
    description: document.querySelector<HTMLMetaElement>('meta[name=description]')?.content ?? '',
    headings: document.querySelectorAll('h1').length,
    images: [...document.images].filter((image) => !image.alt).length,
    scrollsSideways: document.documentElement.scrollWidth > document.documentElement.clientWidth,
  }));
  expect(facts).toMatchObject({ lang: 'en', headings: 1, images: 0, scrollsSideways: false });
  expect(facts.title).not.toBe('');
  expect(facts.description).not.toBe('');
  expect(facts.viewport).toContain('width=device-width');
  expect(facts.viewport).not.toContain('user-scalable=no');
  expect(failed).toEqual([]);
  expect(foreign).toEqual([]);
});
