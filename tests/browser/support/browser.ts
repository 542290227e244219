import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** A person's browser: what it keeps is on the disk, as it would be, and is there when it is started again. */
export class Browser {
  private context: BrowserContext | undefined;

  private constructor(private readonly folder: string) {}

  static async start(): Promise<Browser> {
    const browser = new Browser(await mkdtemp(join(tmpdir(), 'ai-editor-profile-')));
    await browser.begin();
    return browser;
  }

  async begin(): Promise<void> {
    this.context = await chromium.launchPersistentContext(this.folder, {
      executablePath: EXECUTABLE,
      headless: true,
      viewport: { width: 1440, height: 900 },
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  }

  get pages(): BrowserContext {
    if (!this.context) throw new Error('The browser is not running.');
    return this.context;
  }

  newPage(): Promise<Page> {
    return this.pages.newPage();
  }

  /** SIGKILL to all of it at once: nothing is flushed, nobody says goodbye. */
  async kill(): Promise<void> {
    const context = this.pages;
    const closed = new Promise((done) => context.once('close', done));
    for (const pid of await this.processes()) process.kill(pid, 'SIGKILL');
    await closed;
    this.context = undefined;
  }

  /** All that were started for this profile; the others are their children, and end with them. */
  private async processes(): Promise<number[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const mine = await Promise.all(
      pids.map(async (pid) => {
        // One that has ended meanwhile has no command line any more.
        const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        return command.includes(`--user-data-dir=${this.folder}`);
      }),
    );
    return pids.filter((_, i) => mine[i]).map(Number);
  }

  /** As its user closes it. */
  async stop(): Promise<void> {
    await this.context?.close();
    this.context = undefined;
  }

  async end(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
