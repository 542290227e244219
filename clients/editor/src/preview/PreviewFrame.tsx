import { useEffect, useEffectEvent, useMemo, useRef } from 'react';
import { frameDocument } from './frameDocument';
import { fromFrame, type Target, type ToFrame } from './frame/messages';

export interface Program {
  id: number;
  code: string;
  isDark: boolean;
}

interface Props {
  program: Program;
  css: string;
  width: string;
  isShown: boolean;
  isPicking: boolean;
  onRendered(): void;
  onFailed(message: string): void;
  onBlocked(what: string): void;
  onPicked(target: Target): void;
  /** It is not the document any more that was put there. */
  onLeft(): void;
}

/** One program in one frame, from its start to its end. */
export function PreviewFrame({ program, css, width, isShown, isPicking, ...on }: Props) {
  const frame = useRef<HTMLIFrameElement>(null);
  const loads = useRef(0);
  const isStarted = useRef(false);
  const html = useMemo(() => frameDocument(program.isDark), [program.isDark]);
  // An opaque origin has no name to address it by; what is said is the component itself.
  const tell = (message: ToFrame) => frame.current?.contentWindow?.postMessage(message, '*');

  const hear = useEffectEvent((event: MessageEvent<unknown>) => {
    if (event.source === null || event.source !== frame.current?.contentWindow) return;
    const message = fromFrame(event.data);
    switch (message?.kind) {
      case 'ready':
        // A component that reloads its frame would otherwise run, and reload it, for ever.
        if (isStarted.current) return;
        isStarted.current = true;
        return tell({ kind: 'run', code: program.code, css });
      case 'rendered':
        return isShown ? undefined : on.onRendered();
      case 'failed':
        return on.onFailed(message.message);
      case 'blocked':
        return on.onBlocked(message.what);
      case 'picked':
        return isPicking ? on.onPicked(message.target) : undefined;
    }
  });

  useEffect(() => {
    const listener = (event: MessageEvent<unknown>) => hear(event);
    window.addEventListener('message', listener);
    return () => window.removeEventListener('message', listener);
  }, []);

  useEffect(() => tell({ kind: 'style', css }), [css]);
  useEffect(() => tell({ kind: 'pick', isOn: isPicking }), [isPicking]);

  return (
    <iframe
      ref={frame}
      className={isShown ? 'preview-frame' : 'preview-frame is-behind'}
      style={{ maxWidth: width }}
      title={isShown ? 'The component, running' : 'The next version, starting'}
      aria-hidden={!isShown}
      tabIndex={isShown ? 0 : -1}
      sandbox="allow-scripts"
      referrerPolicy="no-referrer"
      srcDoc={html}
      onLoad={() => {
        if (++loads.current > 1) on.onLeft();
      }}
    />
  );
}
