import type { Attachment, ChatMessage, Component, Interaction } from './schema.js';

/** A message as an editor shows it. */
export interface FrontendMessage {
  id: string;
  type: 'prompt' | 'response';
  text: string;
  image: File | null;
  timestamp: Date;
  metadata: Record<string, unknown>;
  /** What the service keeps besides, where it is not the default. Hand it back unchanged. */
  kept?: { message_type?: string; attachments?: Attachment[] };
}

/** A component as an editor shows it. */
export interface FrontendComponent {
  id: string;
  name: string;
  jsxCode: string;
  cssCode: string;
  componentType: string;
  isCurrent: boolean;
  metadata: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
}

/** An interaction as an editor shows it. */
export interface FrontendInteraction {
  id: string;
  prompt: string;
  response: string;
  interactionType: string;
  targetElement: string | null;
  metadata: Record<string, unknown>;
  createdAt: Date;
}

/** The members of the service's rows that belong to the content; ids and revisions are the service's own. */
export type BackendMessage = Pick<
  ChatMessage,
  'client_id' | 'role' | 'content' | 'message_type' | 'metadata' | 'attachments' | 'created_at'
>;
export type BackendComponent = Pick<
  Component,
  'client_id' | 'name' | 'jsx_code' | 'css_code' | 'component_type' | 'is_current' | 'metadata' | 'created_at' | 'updated_at'
>;
export type BackendInteraction = Pick<
  Interaction,
  'client_id' | 'prompt' | 'response' | 'interaction_type' | 'target_element' | 'metadata' | 'created_at'
>;

/** The service keeps no message without text. One that is only an image says so in its type. */
const TEXTLESS = 'textless';
const TEXTLESS_CONTENT = '[image]';
const TEXT = 'text';

/** @param image The message's first attachment as a File, where it has been fetched. */
export function convertBackendMessageToFrontend(row: BackendMessage, image: File | null = null): FrontendMessage {
  const isTextless = row.message_type === TEXTLESS && row.content === TEXTLESS_CONTENT;
  const kept = {
    ...(row.message_type === TEXT || isTextless ? {} : { message_type: row.message_type }),
    ...(row.attachments.length > 0 ? { attachments: row.attachments } : {}),
  };
  return {
    id: row.client_id,
    type: row.role === 'user' ? 'prompt' : 'response',
    text: isTextless ? '' : row.content,
    image,
    timestamp: dateOf(row.created_at),
    metadata: row.metadata,
    ...(Object.keys(kept).length > 0 ? { kept } : {}),
  };
}

/** @param attachment What the message's image became when it was put; needed when it has an image that is not kept yet. */
export function convertFrontendMessageToBackend(message: FrontendMessage, attachment?: Attachment): BackendMessage {
  return {
    client_id: message.id,
    role: message.type === 'prompt' ? 'user' : 'assistant',
    content: message.text === '' ? TEXTLESS_CONTENT : message.text,
    message_type: message.text === '' ? TEXTLESS : (message.kept?.message_type ?? TEXT),
    metadata: message.metadata,
    attachments: attachment ? [attachment] : (message.kept?.attachments ?? []),
    created_at: textOf(message.timestamp),
  };
}

export function convertBackendComponentToFrontend(row: BackendComponent): FrontendComponent {
  return {
    id: row.client_id,
    name: row.name,
    jsxCode: row.jsx_code,
    cssCode: row.css_code,
    componentType: row.component_type,
    isCurrent: row.is_current,
    metadata: row.metadata,
    createdAt: dateOf(row.created_at),
    updatedAt: dateOf(row.updated_at),
  };
}

export function convertFrontendComponentToBackend(component: FrontendComponent): BackendComponent {
  return {
    client_id: component.id,
    name: component.name,
    jsx_code: component.jsxCode,
    css_code: component.cssCode,
    component_type: component.componentType,
    is_current: component.isCurrent,
    metadata: component.metadata,
    created_at: textOf(component.createdAt),
    updated_at: textOf(component.updatedAt),
  };
}

export function convertBackendInteractionToFrontend(row: BackendInteraction): FrontendInteraction {
  return {
    id: row.client_id,
    prompt: row.prompt,
    response: row.response,
    interactionType: row.interaction_type,
    targetElement: row.target_element,
    metadata: row.metadata,
    createdAt: dateOf(row.created_at),
  };
}

export function convertFrontendInteractionToBackend(interaction: FrontendInteraction): BackendInteraction {
  return {
    client_id: interaction.id,
    prompt: interaction.prompt,
    response: interaction.response,
    interaction_type: interaction.interactionType,
    target_element: interaction.targetElement,
    metadata: interaction.metadata,
    created_at: textOf(interaction.createdAt),
  };
}

/** A time that is none, from a damaged copy, must not take its message down with it. */
const dateOf = (text: string): Date => {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
};

const textOf = (date: Date): string => (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
