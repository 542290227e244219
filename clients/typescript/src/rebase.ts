import { bodyOf, kindOf, type Entry } from './operations.js';
import type { Copy } from './replica.js';
import type { ChatMessage, Component, Interaction, Kind, Session } from './schema.js';

/** How far something has got: with the service, on its way, refused by it, or in conflict with another change. */
export type Standing = 'saved' | 'waiting' | 'rejected' | 'conflict';

/** A row under its name on this device, which stays the same when the service numbers it. */
export type Local<T> = T & { readonly ref: string; readonly standing: Standing };

export interface LocalState {
  readonly session: (Session & { readonly standing: Standing }) | null;
  readonly messages: readonly Local<ChatMessage>[];
  readonly components: readonly Local<Component>[];
  readonly interactions: readonly Local<Interaction>[];
}

type AnyRow = Local<ChatMessage> | Local<Component> | Local<Interaction>;

/** What the service had, with what has been done on this device since on top, in its order. Nothing is changed in place. */
export function rebase(copy: Copy | null, entries: readonly Entry[]): LocalState {
  const tables: Record<Exclude<Kind, 'session'>, Map<string, AnyRow>> = {
    message: named(copy?.messages ?? []),
    component: named(copy?.components ?? []),
    interaction: named(copy?.interactions ?? []),
  };
  let session: LocalState['session'] = copy ? { ...copy.session, standing: 'saved' } : null;
  keepOneCurrent(tables.component as Map<string, Local<Component>>, newestCurrent(copy?.components ?? []));

  for (const entry of entries) {
    const kind = kindOf(entry.operation);
    const standing = entry.state;
    const body = bodyOf(entry.operation);
    if (kind === 'session') {
      if (entry.operation.type === 'create_session' && !session) session = newSession(entry, body);
      else if (session) session = { ...session, ...body, standing };
      continue;
    }
    const table = tables[kind];
    const row = table.get(entry.item);
    switch (entry.operation.type) {
      case 'save_message':
      case 'save_component':
      case 'save_interaction':
        // The service may already have it although its answer has not come.
        if (!row) table.set(entry.item, newRow(kind, entry, body));
        break;
      case 'update_message':
      case 'update_component':
        if (row) table.set(entry.item, { ...row, ...body, standing } as AnyRow);
        break;
      case 'set_current_component':
        if (row) table.set(entry.item, { ...row, is_current: true, standing } as AnyRow);
        break;
      case 'restore_component_version':
        if (row) table.set(entry.item, { ...row, standing } as AnyRow);
        break;
      default:
        table.delete(entry.item);
    }
    const touched = table.get(entry.item);
    if (kind === 'component' && touched && 'is_current' in touched && touched.is_current && touched !== row)
      keepOneCurrent(table as Map<string, Local<Component>>, entry.item);
  }
  return {
    session,
    messages: [...tables.message.values()] as Local<ChatMessage>[],
    components: [...tables.component.values()] as Local<Component>[],
    interactions: [...tables.interaction.values()] as Local<Interaction>[],
  };
}

/** An item is known by the key that made it; if a strange archive brought that twice, the second by its id. */
function named<T extends ChatMessage | Component | Interaction>(rows: readonly T[]): Map<string, AnyRow> {
  const table = new Map<string, AnyRow>();
  for (const row of rows) {
    const ref = table.has(row.client_id) ? String(row.id) : row.client_id;
    table.set(ref, { ...row, ref, standing: 'saved' } as AnyRow);
  }
  return table;
}

/** A copy may hold a row that became current before the row that it retired has come. */
function newestCurrent(components: readonly Component[]): string | undefined {
  return components.filter((c) => c.is_current).sort((a, b) => b.revision - a.revision)[0]?.client_id;
}

function keepOneCurrent(components: Map<string, Local<Component>>, ref: string | undefined): void {
  for (const [other, row] of components)
    if (row.is_current && ref !== undefined && other !== ref) components.set(other, { ...row, is_current: false });
}

function newSession(entry: Entry, body: Record<string, unknown>): LocalState['session'] {
  const now = new Date(entry.savedAt).toISOString();
  return {
    id: 0,
    client_id: entry.key,
    user_id: Number(entry.user),
    title: '',
    description: null,
    is_active: true,
    revision: 0,
    created_at: now,
    updated_at: now,
    standing: entry.state,
    ...body,
  };
}

function newRow(kind: Exclude<Kind, 'session'>, entry: Entry, body: Record<string, unknown>): AnyRow {
  const now = new Date(entry.savedAt).toISOString();
  const common = {
    id: 0,
    session_id: 0,
    client_id: entry.key,
    ref: entry.item,
    revision: 0,
    metadata: {},
    created_at: now,
    standing: entry.state,
  };
  if (kind === 'message') {
    const attachments = (body.attachments ?? []) as object[];
    return {
      ...common,
      role: 'user',
      content: '',
      message_type: 'text',
      ...body,
      attachments: attachments.map((a) => ({ content_type: '', size: 0, ...a })),
    } as unknown as AnyRow;
  }
  if (kind === 'component')
    return {
      ...common,
      version: 1,
      jsx_code: '',
      css_code: '',
      component_type: 'component',
      is_current: true,
      updated_at: now,
      ...body,
    } as unknown as AnyRow;
  return { ...common, prompt: '', response: '', interaction_type: '', target_element: null, ...body } as unknown as AnyRow;
}
