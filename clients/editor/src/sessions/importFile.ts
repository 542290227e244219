import type { ForeignFormat, Sessions } from '@ai-editor/persistence';

/** Takes in an archive of this service, or what another tool exported: told apart by what they look like. */
export async function importFile(sessions: Sessions, file: File): ReturnType<Sessions['import']> {
  const head = await file.slice(0, 400).text();
  if (/"format"\s*:\s*"ai-editor-session"/.test(head)) return sessions.import(file);
  let content: unknown;
  try {
    content = JSON.parse(await file.text());
  } catch {
    throw new Error(`“${file.name}” is neither an archive of this editor nor another tool’s export.`);
  }
  const format = formatOf(content);
  if (!format) throw new Error(`“${file.name}” is no export that is known here: ChatGPT, LibreChat, Open WebUI and bolt are.`);
  return sessions.import(file, format);
}

function formatOf(content: unknown): ForeignFormat | null {
  const first: unknown = Array.isArray(content) ? content[0] : content;
  if (typeof first !== 'object' || first === null) return null;
  if ('mapping' in first) return 'chatgpt';
  if ('conversationId' in first || 'messagesTree' in first) return 'librechat';
  if ('chat' in first || 'history' in first) return 'open-webui';
  if ('chats' in first || 'messages' in first) return 'bolt';
  return null;
}
