import type { OpenSession, Persistence } from '@ai-editor/persistence';
import type { ChangeSet } from '@codemirror/state';
import { applied, broughtUp } from './merging';

export type Pane = 'jsx' | 'css';
export type Texts = Readonly<Record<Pane, string>>;
const PANES: readonly Pane[] = ['jsx', 'css'];
const PAUSE_MS = 400;

/**
 * A component's code while it is being typed. Every keystroke is kept on this device at once, and saved at the next pause.
 * What others change meanwhile comes into the text as it comes in, beside what is being typed, so that a save always
 * builds on what is shown.
 */
export class WorkingCopy {
  /** What the component held when the texts last agreed with it. */
  private base: Texts;
  private texts: Texts;
  private readonly listeners = new Set<() => void>();
  private readonly panes = new Map<Pane, (changes: ChangeSet) => void>();
  private readonly unsubscribe: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> | undefined;
  private drafting: Promise<void> | undefined;
  private isDraftStale = false;

  private constructor(
    readonly component: string,
    private readonly session: OpenSession,
    private readonly release: () => void,
    private readonly persistence: Persistence,
    draft: string,
  ) {
    this.base = this.shown() ?? { jsx: '', css: '' };
    this.texts = this.base;
    this.takeUp(draft);
    this.unsubscribe = session.view.subscribe(() => this.follow());
    if (this.isDirty) this.later();
  }

  /** With what was typed before a reload and never saved. */
  static async open(persistence: Persistence, sessionRef: string, component: string): Promise<WorkingCopy> {
    const { session, release } = persistence.open(sessionRef);
    const draft = await persistence.drafts.get(draftName(session, component));
    return new WorkingCopy(component, session, release, persistence, draft);
  }

  get = (): Texts => this.texts;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The pane that shows a text is told how to bring it up to date. */
  show(pane: Pane, onChanges: (changes: ChangeSet) => void): () => void {
    this.panes.set(pane, onChanges);
    return () => {
      if (this.panes.get(pane) === onChanges) this.panes.delete(pane);
    };
  }

  type(pane: Pane, text: string): void {
    if (text === this.texts[pane]) return;
    this.texts = { ...this.texts, [pane]: text };
    this.draft();
    this.later();
    this.tell();
  }

  /** Now, rather than at the next pause. */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    if (this.saving) {
      await this.saving;
      return this.save();
    }
    if (!this.isDirty) return this.drafting;
    this.saving = this.send().finally(() => {
      this.saving = undefined;
    });
    await this.saving;
    await this.drafting;
  }

  /** Saves what is left, and ends. */
  async close(): Promise<void> {
    this.listeners.clear();
    this.panes.clear();
    try {
      await this.save();
    } finally {
      this.abandon();
    }
  }

  /** Ends without writing anything, as after its user signed out. */
  abandon(): void {
    clearTimeout(this.timer);
    this.unsubscribe();
    this.release();
  }

  private get isDirty(): boolean {
    return PANES.some((pane) => this.texts[pane] !== this.base[pane]);
  }

  private async send(): Promise<void> {
    const sent = this.texts;
    await this.session.updateComponent(
      this.component,
      {
        ...(sent.jsx === this.base.jsx ? {} : { jsx_code: sent.jsx }),
        ...(sent.css === this.base.css ? {} : { css_code: sent.css }),
      },
      { isTyping: true },
    );
    this.base = sent;
    this.bringUp();
    this.draft();
    if (this.isDirty) this.later();
  }

  private follow(): void {
    // Until its own save has come round, what is shown is from before it.
    if (!this.saving) this.bringUp();
  }

  private bringUp(): void {
    const shown = this.shown();
    if (!shown) return;
    for (const pane of PANES) {
      if (shown[pane] === this.base[pane]) continue;
      if (shown[pane] !== this.texts[pane]) {
        const changes = broughtUp(this.base[pane], this.texts[pane], shown[pane]);
        this.texts = { ...this.texts, [pane]: applied(changes, this.texts[pane]) };
        this.panes.get(pane)?.(changes);
        this.tell();
      }
      this.base = { ...this.base, [pane]: shown[pane] };
    }
  }

  private shown(): Texts | null {
    const row = this.session.view.get().components.find((component) => component.ref === this.component);
    // As the panes have it, for places in it are counted.
    const lines = (text: string) => text.replace(/\r\n?/g, '\n');
    return row ? { jsx: lines(row.jsx_code), css: lines(row.css_code) } : null;
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save().catch(report), PAUSE_MS);
  }

  /** One write at a time, and then the newest: a fast typist must not queue up the disk. */
  private draft(): void {
    this.isDraftStale = true;
    this.drafting ??= (async () => {
      while (this.isDraftStale) {
        this.isDraftStale = false;
        const { base, texts } = this;
        const text = this.isDirty ? JSON.stringify({ base, texts }) : '';
        await this.persistence.drafts.set(draftName(this.session, this.component), text);
      }
    })()
      .catch(report)
      .finally(() => {
        this.drafting = undefined;
      });
  }

  private takeUp(draft: string): void {
    const kept = readDraft(draft);
    if (!kept) return;
    for (const pane of PANES) {
      const changes = broughtUp(kept.base[pane], kept.texts[pane], this.base[pane]);
      this.texts = { ...this.texts, [pane]: applied(changes, kept.texts[pane]) };
    }
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

const draftName = (session: OpenSession, component: string): string => `code/${session.ref}/${component}`;

const report = (error: unknown): void => reportError(error);

function readDraft(draft: string): { base: Texts; texts: Texts } | null {
  try {
    const { base, texts } = JSON.parse(draft) as { base: Texts; texts: Texts };
    return [base.jsx, base.css, texts.jsx, texts.css].every((text) => typeof text === 'string') ? { base, texts } : null;
  } catch {
    return null;
  }
}
