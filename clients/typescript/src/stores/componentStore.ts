import { createStore, type StoreApi } from 'zustand/vanilla';
import { convertBackendComponentToFrontend, type FrontendComponent } from '../conversions.js';
import type { SessionRef } from '../operations.js';
import type { PersistenceCore } from '../core.js';
import type { Standing } from '../rebase.js';
import type { ComponentVersion, ListComponentVersionsVersionSummary } from '../schema.js';
import type { ComponentPatch, Conflict, Kept } from '../session.js';
import { isLoading, shownSession } from './shownSession.js';

export type FrontendPatch = Partial<Omit<FrontendComponent, 'id' | 'createdAt' | 'updatedAt'>>;
export type ShownComponent = FrontendComponent & { version: number; standing: Standing };

export interface ComponentState {
  readonly sessionRef: SessionRef | null;
  readonly components: readonly ShownComponent[];
  readonly current: ShownComponent | null;
  readonly conflicts: readonly Conflict[];
  readonly loading: boolean;
  readonly error: Error | null;
  open(ref: SessionRef): void;
  create(component: FrontendPatch & { name: string; jsxCode: string }): Promise<Kept>;
  /** With `isTyping`, saving at every pause makes no version of each. */
  update(id: string, patch: FrontendPatch, how?: { isTyping?: boolean }): Promise<Kept>;
  remove(id: string): Promise<Kept>;
  setCurrent(id: string): Promise<Kept>;
  /** Newest first. Needs the network, as the next does. */
  versions(id: string): Promise<ListComponentVersionsVersionSummary[]>;
  version(id: string, version: number): Promise<ComponentVersion>;
  restore(id: string, version: number): Promise<Kept>;
  resolve(key: string, how: 'mine' | 'theirs' | FrontendPatch): Promise<void>;
  reset(): void;
}

const EMPTY = { sessionRef: null, components: [], current: null, conflicts: [], loading: false, error: null } as const;

/** The components of one session at a time, as an editor shows them: what the service has and what waits on this device. */
export function createComponentStore(persistence: PersistenceCore): StoreApi<ComponentState> {
  return createStore<ComponentState>((set, get) => {
    const show = (): void => {
      const view = shown.get()?.view.get();
      if (!view) return;
      const components = view.components.map((row) => ({
        ...convertBackendComponentToFrontend(row),
        id: row.ref,
        version: row.version,
        standing: row.standing,
      }));
      set({
        components,
        current: components.find((component) => component.isCurrent) ?? null,
        conflicts: view.conflicts,
        loading: isLoading(view),
        error: view.error,
      });
    };

    const shown = shownSession(persistence, show);

    return {
      ...EMPTY,
      open(ref) {
        if (get().sessionRef === ref) return;
        shown.open(ref);
        set({ ...EMPTY, sessionRef: ref, loading: true });
        show();
      },
      create: (component) =>
        shown.opened().addComponent({ ...toPatch(component), name: component.name, jsx_code: component.jsxCode }),
      update: (id, patch, how) => shown.opened().updateComponent(id, toPatch(patch), how),
      remove: (id) => shown.opened().removeComponent(id),
      setCurrent: (id) => shown.opened().setCurrentComponent(id),
      versions: (id) => shown.opened().componentVersions(id),
      version: (id, version) => shown.opened().componentVersion(id, version),
      restore: (id, version) => shown.opened().restoreComponentVersion(id, version),
      resolve: async (key, how) => {
        await shown.opened().resolve(key, typeof how === 'object' ? toPatch(how) : how);
      },
      reset() {
        shown.leave();
        set({ ...EMPTY });
      },
    };
  });
}

function toPatch(patch: FrontendPatch): ComponentPatch {
  const { name, jsxCode, cssCode, componentType, isCurrent, metadata } = patch;
  return {
    ...(name === undefined ? {} : { name }),
    ...(jsxCode === undefined ? {} : { jsx_code: jsxCode }),
    ...(cssCode === undefined ? {} : { css_code: cssCode }),
    ...(componentType === undefined ? {} : { component_type: componentType }),
    ...(isCurrent === undefined ? {} : { is_current: isCurrent }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
