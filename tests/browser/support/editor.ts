import { expect } from 'vitest';
import type { Locator, Page } from 'playwright-core';

/** The editor in a page, as a person uses it: by what is written on it. */
export class Editor {
  constructor(readonly page: Page) {}

  static async open(page: Page, url: string, user: number): Promise<Editor> {
    const editor = new Editor(page);
    await page.goto(url);
    const who = page.getByLabel('User number');
    await who.or(editor.sessions).first().waitFor();
    if (await who.isVisible()) {
      await who.fill(String(user));
      await page.getByRole('button', { name: 'Sign in' }).click();
    }
    await editor.sessions.waitFor();
    return editor;
  }

  get sessions(): Locator {
    return this.page.getByRole('list', { name: 'Sessions' });
  }

  /** What was said, without the answer that is still coming. */
  get messages(): Locator {
    return this.page.getByRole('list', { name: 'Messages' }).locator('> li:not([aria-busy])');
  }

  get prompt(): Locator {
    return this.page.getByRole('textbox', { name: 'Message' });
  }

  async newSession(): Promise<void> {
    await this.page.getByRole('button', { name: 'New session' }).first().click();
    await this.prompt.waitFor();
  }

  async say(text: string): Promise<void> {
    await this.prompt.fill(text);
    await this.page.getByRole('button', { name: 'Send' }).click();
    await expect.poll(() => this.prompt.inputValue()).toBe('');
  }

  async goOffline(): Promise<void> {
    await this.page.getByRole('switch', { name: 'Work offline' }).click();
  }

  /** What the package says of itself, in the page. */
  status(): Promise<{ state: string; waiting: number; rejected: number; conflicts: number; storage: string }> {
    return this.page.evaluate(() => (globalThis as unknown as { aiEditor: Handle }).aiEditor.persistence.status.get());
  }

  /** Waits until nothing waits, without a click. */
  async allSaved(patience = 30_000): Promise<void> {
    await expect.poll(async () => (await this.status()).waiting, { timeout: patience, interval: 50 }).toBe(0);
  }

  /** The name of the session that is shown, out of the address. */
  async sessionRef(): Promise<string> {
    return this.page.evaluate(() => (globalThis as unknown as { aiEditor: Handle }).aiEditor.sessionRef() ?? '');
  }

  /** The session's id at the service, once it has one. */
  async sessionId(): Promise<number> {
    const read = () =>
      this.page.evaluate(async () => {
        const { aiEditor } = globalThis as unknown as { aiEditor: Handle };
        const { session, release } = aiEditor.persistence.open(aiEditor.sessionRef() ?? '');
        const id = session.copy?.session.id ?? 0;
        release();
        return id;
      });
    await expect.poll(read, { timeout: 30_000 }).toBeGreaterThan(0);
    return read();
  }
}

/** What the editor puts on the console's table in Development. */
export interface Handle {
  sessionRef(): string | null;
  persistence: {
    status: { get(): { state: string; waiting: number; rejected: number; conflicts: number; storage: string } };
    open(ref: string): {
      session: {
        copy: { session: { id: number } } | null;
        view: { get(): { components: { ref: string; css_code: string }[] } };
        addMessage(message: { type: 'prompt' | 'response'; text: string }): Promise<{ where: string }>;
        addComponent(component: { name: string; jsx_code: string; css_code?: string }): Promise<{ ref: string }>;
        updateComponent(ref: string, patch: { jsx_code?: string; css_code?: string }): Promise<{ key: string }>;
      };
      release(): void;
    };
  };
  testPersistence(): Promise<{ isOk: boolean; steps: { name: string; isOk: boolean; error?: string }[] }>;
  testPersistenceUtilities(): { isOk: boolean };
}
