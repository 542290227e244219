import {
  createChatStore,
  createComponentStore,
  type ChatState,
  type ComponentState,
  type Persistence,
} from '@ai-editor/persistence';
import { useEffect, useState, useSyncExternalStore } from 'react';

export type ShownMessage = ChatState['messages'][number];
export type ShownComponent = ComponentState['components'][number];

/** The package's stores, showing the session that is open. */
export function useStores(persistence: Persistence, ref: string | null): { chat: ChatState; components: ComponentState } {
  const [stores] = useState(() => ({ chat: createChatStore(persistence), components: createComponentStore(persistence) }));

  useEffect(() => {
    const both = [stores.chat.getState(), stores.components.getState()];
    for (const store of both)
      if (ref === null) store.reset();
      else store.open(ref);
  }, [stores, ref]);

  useEffect(
    () => () => {
      stores.chat.getState().reset();
      stores.components.getState().reset();
    },
    [stores],
  );

  return {
    chat: useSyncExternalStore(stores.chat.subscribe, stores.chat.getState),
    components: useSyncExternalStore(stores.components.subscribe, stores.components.getState),
  };
}
