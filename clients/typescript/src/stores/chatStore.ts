import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  convertBackendInteractionToFrontend,
  convertBackendMessageToFrontend,
  type FrontendInteraction,
  type FrontendMessage,
} from '../conversions.js';
import type { SessionRef } from '../operations.js';
import type { PersistenceCore } from '../core.js';
import type { Standing } from '../rebase.js';
import type { Metadata } from '../schema.js';
import type { Kept } from '../session.js';
import { isLoading, shownSession } from './shownSession.js';

export interface ChatState {
  readonly sessionRef: SessionRef | null;
  readonly messages: readonly (FrontendMessage & { standing: Standing })[];
  readonly interactions: readonly (FrontendInteraction & { standing: Standing })[];
  /** Until this device's copy is there, or the service's first answer where there is no copy. */
  readonly loading: boolean;
  readonly error: Error | null;
  readonly hasOlder: boolean;
  /** Shows a session; what was shown before goes. */
  open(ref: SessionRef): void;
  addMessage(message: { type: FrontendMessage['type']; text: string; image?: File | null; metadata?: Metadata }): Promise<Kept>;
  updateMessage(id: string, patch: { text?: string; metadata?: Metadata }): Promise<Kept>;
  removeMessage(id: string): Promise<Kept>;
  addInteraction(interaction: Omit<FrontendInteraction, 'id' | 'createdAt' | 'metadata'> & { metadata?: Metadata }): Promise<Kept>;
  removeInteraction(id: string): Promise<Kept>;
  loadOlder(): Promise<boolean>;
  /** Shows nothing any more. What was said stays kept. */
  reset(): void;
}

const EMPTY = { sessionRef: null, messages: [], interactions: [], loading: false, error: null, hasOlder: false } as const;

/** What is said in one session at a time, as an editor shows it: what the service has and what waits on this device. */
export function createChatStore(persistence: PersistenceCore): StoreApi<ChatState> {
  return createStore<ChatState>((set, get) => {
    const images = new Map<string, File>();

    const show = (): void => {
      const view = shown.get()?.view.get();
      if (!view) return;
      set({
        messages: view.messages.map((row) => ({
          ...convertBackendMessageToFrontend(row, images.get(row.attachments[0]?.sha256 ?? '') ?? null),
          id: row.ref,
          standing: row.standing,
        })),
        interactions: view.interactions.map((row) => ({
          ...convertBackendInteractionToFrontend(row),
          id: row.ref,
          standing: row.standing,
        })),
        loading: isLoading(view),
        error: view.error,
        hasOlder: view.hasOlder,
      });
    };

    /** Images come after their messages; one that cannot be had now is asked for with the next change. */
    const fetching = new Set<string>();
    const fetchImages = (): void => {
      const of = shown.get();
      for (const row of of?.view.get().messages ?? []) {
        const hash = row.attachments[0]?.sha256;
        if (!of || hash === undefined || images.has(hash) || fetching.has(hash)) continue;
        fetching.add(hash);
        of.imageOf(row)
          .then((image) => {
            if (image) images.set(hash, image);
            if (shown.get() === of) show();
          })
          .catch(() => undefined /* offline */)
          .finally(() => fetching.delete(hash));
      }
    };

    const refresh = (): void => {
      show();
      fetchImages();
    };
    const shown = shownSession(persistence, refresh);

    return {
      ...EMPTY,
      open(ref) {
        if (get().sessionRef === ref) return;
        shown.open(ref);
        set({ ...EMPTY, sessionRef: ref, loading: true });
        refresh();
      },
      addMessage: (message) => shown.opened().addMessage(message),
      updateMessage: (id, patch) => shown.opened().updateMessage(id, patch),
      removeMessage: (id) => shown.opened().removeMessage(id),
      addInteraction: ({ prompt, response, interactionType, targetElement, metadata }) =>
        shown.opened().addInteraction({
          prompt,
          response,
          interaction_type: interactionType,
          target_element: targetElement,
          ...(metadata ? { metadata } : {}),
        }),
      removeInteraction: (id) => shown.opened().removeInteraction(id),
      loadOlder: () => shown.opened().loadOlder(),
      reset() {
        shown.leave();
        images.clear();
        set({ ...EMPTY });
      },
    };
  });
}
