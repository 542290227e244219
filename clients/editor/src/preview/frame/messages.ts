/** What the editor tells the frame. */
export type ToFrame =
  | { kind: 'run'; code: string; css: string }
  | { kind: 'style'; css: string }
  | { kind: 'pick'; isOn: boolean };

/** What the frame tells the editor. Whatever runs there can say this too: it is text to show, nothing to act on. */
export type FromFrame =
  | { kind: 'ready' }
  | { kind: 'rendered' }
  | { kind: 'failed'; message: string }
  | { kind: 'blocked'; what: string }
  | { kind: 'picked'; target: Target };

/** An element that was pointed at. */
export interface Target {
  tag: string;
  className: string;
  text: string;
}

const AT_MOST = 2000;

export function fromFrame(data: unknown): FromFrame | null {
  if (typeof data !== 'object' || data === null) return null;
  const { kind, message, what, target } = data as Record<string, unknown>;
  switch (kind) {
    case 'ready':
    case 'rendered':
      return { kind };
    case 'failed':
      return { kind, message: textOf(message) };
    case 'blocked':
      return { kind, what: textOf(what) };
    case 'picked': {
      const { tag, className, text } = (target ?? {}) as Record<string, unknown>;
      return { kind, target: { tag: textOf(tag), className: textOf(className), text: textOf(text).slice(0, 80) } };
    }
    default:
      return null;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, AT_MOST) : '');
