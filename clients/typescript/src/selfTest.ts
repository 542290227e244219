import type { ConnectionOptions } from './connection.js';
import {
  convertBackendComponentToFrontend,
  convertBackendInteractionToFrontend,
  convertBackendMessageToFrontend,
  convertFrontendComponentToBackend,
  convertFrontendInteractionToBackend,
  convertFrontendMessageToBackend,
} from './conversions.js';
import { createPersistence, type Persistence } from './persistence.js';
import type { Readable } from './reactive.js';
import { digestOf } from './replica.js';
import { MemoryStore } from './storage/memory.js';

export interface Step {
  readonly name: string;
  readonly isOk: boolean;
  readonly milliseconds: number;
  /** Why it failed. */
  readonly error?: string;
}

export interface Report {
  readonly isOk: boolean;
  readonly steps: readonly Step[];
}

const PATIENCE_MS = 15_000;

/**
 * Walks the whole path against a live service, as the user whose token it is given: makes a session, says and shows
 * something in it, works offline, loses an answer, merges, looks from a second device, and erases what it made. Steps are
 * reported as they end; after a failed one the rest is not tried, but what was made is erased.
 */
export async function testPersistence(client: ConnectionOptions, onStep: (step: Step) => void = log): Promise<Report> {
  const steps: Step[] = [];
  const step = async (name: string, work: () => Promise<void>) => {
    const start = performance.now();
    let error: string | undefined;
    try {
      await work();
    } catch (e) {
      error = e instanceof Error ? e.message : String(e);
    }
    const milliseconds = Math.round(performance.now() - start);
    const done: Step = { name, isOk: error === undefined, milliseconds, ...(error === undefined ? {} : { error }) };
    steps.push(done);
    onStep(done);
    if (error !== undefined) throw new Error(error);
  };

  const network = { loseAnswer: false };
  // Away from what the user has here: nothing of it is touched, and nothing stays.
  const start = () =>
    createPersistence({
      ...client,
      store: new MemoryStore(),
      database: `self-test-${crypto.randomUUID()}`,
      fetch: async (request) => {
        const answer = await (client.fetch ?? fetch)(request);
        if (!network.loseAnswer || request.method !== 'POST') return answer;
        network.loseAnswer = false;
        throw new TypeError('The answer was lost, for the test.');
      },
    });
  let here: Persistence | undefined;
  let there: Persistence | undefined;
  let ref = '';
  try {
    await step('Signs in and reaches the service', async () => {
      here = await start();
      await here.sessions.refresh();
      const { error } = here.sessions.list.get();
      if (error) throw error;
    });
    const p = here!;
    await step('Makes a session', async () => {
      ref = await p.sessions.create({ title: 'Self-test' });
      await saved(p);
    });
    const { session } = p.open(ref);
    await step('Says something with an image', async () => {
      await session.addMessage({ type: 'prompt', text: 'A red button, please. 🔴', image: new File(['pixels'], 'red.png', { type: 'image/png' }) });
      await saved(p);
      await until(session.view, (v) => v.messages.some((m) => m.standing === 'saved' && m.id > 0), 'the message is saved');
    });
    await step('Keeps a component and its versions', async () => {
      const { ref: button } = await session.addComponent({ name: 'RedButton', jsx_code: 'line 1\nline 2\nline 3\n' });
      await session.updateComponent(button, { css_code: 'button { color: red }' });
      await saved(p);
      await until(session.view, (v) => v.components[0]?.version === 2, 'there are two versions');
    });
    await step('Works offline and catches up', async () => {
      p.simulateOffline(true);
      for (let i = 1; i <= 5; i++) await session.addMessage({ type: 'prompt', text: `offline ${i}` });
      if (p.status.get().waiting !== 5) throw new Error(`${p.status.get().waiting} of 5 changes wait.`);
      p.simulateOffline(false);
      await saved(p);
    });
    await step('Sends again after a lost answer, once', async () => {
      network.loseAnswer = true;
      await session.addMessage({ type: 'response', text: 'said once' });
      await saved(p);
      await session.sync();
      const said = session.view.get().messages.filter((m) => m.content === 'said once').length;
      if (said !== 1) throw new Error(`It is there ${said} times.`);
    });
    const id = session.copy!.session.id;
    await step('Shows the same on a second device, live', async () => {
      there = await start();
      const other = there.open(String(id)).session;
      await until(other.view, (v) => v.messages.length === 7 && v.components.length === 1, 'the second device has it all');
      const [message] = other.view.get().messages;
      const image = await other.imageOf(message!);
      if ((await image?.text()) !== 'pixels') throw new Error('The image did not come back as it went.');
      await session.addMessage({ type: 'prompt', text: 'live' });
      await until(other.view, (v) => v.messages.length === 8, 'the second device has heard of it');
    });
    await step('Merges what two devices change', async () => {
      const other = there!.open(String(id)).session;
      const code = (o: typeof session) => o.view.get().components[0]!;
      there!.simulateOffline(true);
      await other.updateComponent(code(other).ref, { jsx_code: 'line 1\nline 2\nline 3, there\n' });
      await session.updateComponent(code(session).ref, { jsx_code: 'line 1, here\nline 2\nline 3\n' });
      await saved(p);
      there!.simulateOffline(false);
      await saved(there!);
      await until(session.view, (v) => v.components[0]?.jsx_code === 'line 1, here\nline 2\nline 3, there\n', 'both changes are in it');
    });
    await step('Proves that both devices hold what the service holds', async () => {
      const other = there!.open(String(id)).session;
      await Promise.all([session.sync(), other.sync()]);
      const [mine, theirs] = await Promise.all([digestOf(session.copy!), digestOf(other.copy!)]);
      if (mine !== theirs) throw new Error('Their digests differ.');
    });
  } catch {
    // Reported already.
  }
  if (here && ref)
    await step('Erases what it made', async () => {
      await saved(here!).catch(() => undefined /* it is erased with the rest */);
      await here!.sessions.erase(ref);
    }).catch(() => undefined /* reported */);
  here?.close();
  there?.close();
  return { isOk: steps.every((s) => s.isOk), steps };
}

/** Checks the conversions with samples of every kind; needs no service. */
export function testPersistenceUtilities(): Report {
  const created_at = '2026-01-02T03:04:05.678Z';
  const metadata = { nested: { list: [1, null, 'ä\r\n\u2028🙂'] } };
  const message = { client_id: 'c', role: 'user', content: 'x', message_type: 'text', metadata, attachments: [], created_at } as const;
  const attachments = [{ sha256: '0'.repeat(64), name: 'a.png', content_type: 'image/png', size: 3 }];
  const component = {
    client_id: 'c',
    name: 'Card',
    jsx_code: '<div/>',
    css_code: '',
    component_type: 'component',
    is_current: true,
    metadata,
    created_at,
    updated_at: created_at,
  };
  const interaction = {
    client_id: 'c',
    prompt: '',
    response: '',
    interaction_type: 'click',
    target_element: null,
    metadata,
    created_at,
  };
  const messages = [
    message,
    { ...message, role: 'assistant' as const, message_type: 'tool', content: '\t𝒳' },
    { ...message, attachments, message_type: 'textless', content: '[image]' },
  ].map((row) => ({ ...row, attachments: [...row.attachments] }));
  const checks: [string, () => boolean][] = [
    ...messages.map((row, i): [string, () => boolean] => [
      `Message ${i + 1} goes both ways`,
      () => same(row, convertFrontendMessageToBackend(convertBackendMessageToFrontend(row))),
    ]),
    ['A component goes both ways', () => same(component, convertFrontendComponentToBackend(convertBackendComponentToFrontend(component)))],
    ['An interaction goes both ways', () => same(interaction, convertFrontendInteractionToBackend(convertBackendInteractionToFrontend(interaction)))],
    ['A thousand messages take less than ten milliseconds', () => {
      const start = performance.now();
      for (let i = 0; i < 1000; i++) convertFrontendMessageToBackend(convertBackendMessageToFrontend(messages[i % 3]!));
      return performance.now() - start < 10;
    }],
  ];
  const steps = checks.map(([name, check]): Step => {
    const start = performance.now();
    const isOk = check();
    return { name, isOk, milliseconds: Math.round(performance.now() - start), ...(isOk ? {} : { error: 'It came back otherwise.' }) };
  });
  for (const step of steps) log(step);
  return { isOk: steps.every((step) => step.isOk), steps };
}

const same = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
  );

const log = (step: Step): void =>
  console.info(`${step.isOk ? '✔' : '✘'} ${step.name} (${step.milliseconds} ms)${step.error ? `: ${step.error}` : ''}`);

const saved = (persistence: Persistence): Promise<void> => {
  void persistence.flush();
  return until(persistence.status, (status) => status.waiting === 0, 'everything was saved');
};

/** Waits for a value to become so; says what was waited for in vain. */
function until<T>(readable: Readable<T>, isSo: (value: T) => boolean, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (!isSo(readable.get())) return;
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const unsubscribe = readable.subscribe(check);
    const timer = setTimeout(() => {
      unsubscribe();
      reject(new Error(`Waited in vain until ${what}.`));
    }, PATIENCE_MS);
    check();
  });
}
