import type { Assistant, Question } from './answer';
import { nameIn, readReply } from './codeBlocks';

/** A model behind an OpenAI-compatible endpoint, as its user named it. */
export interface ModelSettings {
  baseUrl: string;
  key: string;
  model: string;
}

const KEY = 'ai-editor.model';

/** In this browser alone: the service never hears of it. */
export function loadModel(): ModelSettings | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<ModelSettings> | null;
    return kept?.baseUrl && kept.model ? { baseUrl: kept.baseUrl, key: kept.key ?? '', model: kept.model } : null;
  } catch {
    return null;
  }
}

export function keepModel(settings: ModelSettings | null): void {
  if (settings) localStorage.setItem(KEY, JSON.stringify(settings));
  else localStorage.removeItem(KEY);
}

const INSTRUCTIONS = `You design small React components. Answer in at most three sentences, then give the whole component as one \`\`\`jsx block and its whole style sheet as one \`\`\`css block.
The jsx block holds one file with one default export, may import from 'react' and nothing else, and uses plain class names that the css block defines. No network, no storage, no external fonts or images; draw with CSS, SVG or emoji. Make it accessible and good to look at.
When a current component is given and the user asks for a change, keep its function name and change no more than asked; for another component choose another name. When nothing is to be built, answer without blocks.`;

const HISTORY_AT_MOST = 12;

export const modelAssistant =
  (settings: ModelSettings): Assistant =>
  async (question, onText, signal) => {
    const reply = await stream(settings, await messagesFor(question), (text) => onText(readReply(text).text), signal);
    const { text, jsxCode, cssCode } = readReply(reply);
    const { current } = question;
    if (jsxCode === null && (cssCode === null || !current)) return { text: text || '…', component: null };
    const jsx = jsxCode ?? current!.jsxCode;
    const isNew = !current || (nameIn(jsx) !== null && nameIn(jsx) !== nameIn(current.jsxCode));
    const name = isNew ? (nameIn(jsx) ?? 'Component') : current.name;
    return {
      text: text || (isNew ? `Here is ${name}.` : 'Done.'),
      component: { name, isNew, jsxCode: jsx, cssCode: cssCode ?? (isNew ? '' : current.cssCode) },
    };
  };

type Part = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } };
interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string | Part[];
}

async function messagesFor({ prompt, image, target, current, history }: Question): Promise<Message[]> {
  const about = [
    current && `The current component, "${current.name}":\n\`\`\`jsx\n${current.jsxCode}\n\`\`\`\n\`\`\`css\n${current.cssCode}\n\`\`\``,
    target && `The user points at <${target.tag} class="${target.className}"> with the text "${target.text}".`,
  ].filter((part): part is string => Boolean(part));
  const text = prompt || 'Build what the picture shows.';
  return [
    { role: 'system', content: [INSTRUCTIONS, ...about].join('\n\n') },
    ...history.slice(-HISTORY_AT_MOST).map(({ role, text }): Message => ({ role, content: text || '(a picture)' })),
    {
      role: 'user',
      content: image
        ? [
            { type: 'text', text },
            { type: 'image_url', image_url: { url: await dataUrl(image) } },
          ]
        : text,
    },
  ];
}

async function stream(
  { baseUrl, key, model }: ModelSettings,
  messages: Message[],
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const answer = await fetch(`${baseUrl.replace(/\/+$/, '')}/chat/completions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(key ? { Authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ model, messages, stream: true }),
    signal,
    credentials: 'omit',
  }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new Error('The model could not be reached. Is the address right, and does it allow requests from this page?');
  });
  if (!answer.ok || !answer.body) throw new Error(await refusal(answer));
  // Some answer at once although a stream was asked for.
  if (answer.headers.get('Content-Type')?.includes('application/json')) {
    const whole = (await answer.json()) as { choices?: { message?: { content?: string } }[] };
    return whole.choices?.[0]?.message?.content ?? '';
  }
  let text = '';
  let rest = '';
  for await (const piece of pieces(answer.body.pipeThrough(new TextDecoderStream()))) {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) text += deltaIn(line);
    onText(text);
  }
  return text + deltaIn(rest);
}

/** Safari's streams cannot be iterated. */
async function* pieces(body: ReadableStream<string>): AsyncGenerator<string> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function deltaIn(line: string): string {
  const data = /^data:\s*(\{.*)$/.exec(line)?.[1];
  if (!data) return '';
  try {
    const chunk = JSON.parse(data) as { choices?: { delta?: { content?: string | null } }[]; error?: { message?: string } };
    if (chunk.error) throw new Error(chunk.error.message ?? 'The model broke off.');
    return chunk.choices?.[0]?.delta?.content ?? '';
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
}

async function refusal(answer: Response): Promise<string> {
  const told = (await answer.json().catch(() => null)) as { error?: { message?: string } } | null;
  const why = told?.error?.message;
  if (answer.status === 401 || answer.status === 403) return why ?? 'The model refused the key.';
  if (answer.status === 404) return why ?? 'There is no such model at that address.';
  if (answer.status === 429) return why ?? 'The model has too much to do, or the key’s allowance is used up.';
  return why ?? `The model answered ${answer.status}.`;
}

const dataUrl = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error('The picture could not be read.'));
    reader.readAsDataURL(file);
  });
