import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Icon } from '../interface/Icon';
import { compile } from './compile';
import { PreviewFrame, type Program } from './PreviewFrame';
import type { Target } from './frame/messages';
import './Preview.css';

const PAUSE_MS = 250;
const PATIENCE_MS = 5000;
const WIDTHS = [
  { name: 'Phone', width: '375px', icon: 'phone' },
  { name: 'Tablet', width: '768px', icon: 'tablet' },
  { name: 'Full width', width: '100%', icon: 'desktop' },
] as const;

interface Props {
  jsx: string;
  css: string;
  isDark: boolean;
  /** Somebody pointed at an element to ask about it. */
  onPick(target: Target): void;
}

/**
 * The component, running. Each change of its code runs in a fresh frame behind the one that is shown, and takes its place
 * when it has rendered: no flicker, nothing left over from before, and while a line is half typed the last good state stays.
 */
export function Preview({ jsx, css, isDark, onPick }: Props) {
  const [shown, setShown] = useState<Program | null>(null);
  const [next, setNext] = useState<Program | null>(null);
  const [trouble, setTrouble] = useState<{ title: string; text: string } | null>(null);
  const [blocked, setBlocked] = useState<readonly string[]>([]);
  const [width, setWidth] = useState<string>('100%');
  const [isPicking, setIsPicking] = useState(false);
  const [restarts, setRestarts] = useState(0);
  const count = useRef(0);

  const behind = () => (shown ? 'Showing the last version that ran' : 'It does not run yet');

  const start = useEffectEvent(() => {
    const compiled = compile(jsx);
    if ('error' in compiled) {
      setNext(null);
      return setTrouble({ title: behind(), text: compiled.error });
    }
    setNext({ id: ++count.current, code: compiled.code, isDark });
  });

  useEffect(() => {
    const timer = setTimeout(start, count.current === 0 ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  }, [jsx, isDark, restarts]);

  useEffect(() => {
    if (!next) return;
    const timer = setTimeout(() => {
      setNext(null);
      setTrouble({ title: 'It does not answer', text: 'Is there a loop that never ends?' });
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [next]);

  const promote = (program: Program) => {
    setShown(program);
    setNext((now) => (now?.id === program.id ? null : now));
    setTrouble(null);
    setBlocked([]);
  };

  const fail = (program: Program, text: string) => {
    setTrouble({ title: program === shown ? 'Something failed while it ran' : behind(), text });
    setNext((now) => (now?.id === program.id ? null : now));
  };

  const frames = [shown, next].filter((program): program is Program => program !== null);
  return (
    <section className="preview" aria-label="Preview">
      <div className="preview-bar">
        <div className="segments" role="group" aria-label="Preview width">
          {WIDTHS.map((choice) => (
            <button
              key={choice.name}
              type="button"
              className="segment"
              aria-pressed={width === choice.width}
              aria-label={choice.name}
              title={choice.name}
              onClick={() => setWidth(choice.width)}
            >
              <Icon name={choice.icon} />
            </button>
          ))}
        </div>
        <button
          type="button"
          className="quiet"
          aria-pressed={isPicking}
          title="Point at an element and ask about it"
          onClick={() => setIsPicking(!isPicking)}
        >
          <Icon name="target" />
          <span>{isPicking ? 'Click an element…' : 'Point and ask'}</span>
        </button>
        <span className="spacer" />
        {blocked.length > 0 && (
          <span className="preview-blocked" title={blocked.join('\n')}>
            <Icon name="shield" />
            {blocked.length === 1 ? '1 request stopped' : `${blocked.length} requests stopped`}
          </span>
        )}
        <button type="button" className="quiet" aria-label="Run again" title="Run again" onClick={() => setRestarts(restarts + 1)}>
          <Icon name="redo" />
        </button>
      </div>
      <div className="preview-stage">
        {frames.map((program) => (
          <PreviewFrame
            key={program.id}
            program={program}
            css={css}
            width={width}
            isShown={program === shown}
            isPicking={program === shown && isPicking}
            onRendered={() => promote(program)}
            onFailed={(message) => fail(program, message)}
            onBlocked={(what) => setBlocked((all) => (all.includes(what) || all.length > 20 ? all : [...all, what]))}
            onPicked={(target) => {
              setIsPicking(false);
              onPick(target);
            }}
            onLeft={() => {
              setShown((now) => (now === program ? null : now));
              setNext((now) => (now === program ? null : now));
              setTrouble({ title: 'Stopped', text: 'The component tried to lead the preview elsewhere.' });
            }}
          />
        ))}
        {frames.length === 0 && !trouble && <p className="preview-wait">Starting the preview…</p>}
      </div>
      {trouble && (
        <div className="preview-trouble" role="alert">
          <Icon name="alert" />
          <div>
            <strong>{trouble.title}</strong>
            <p>{trouble.text}</p>
          </div>
        </div>
      )}
    </section>
  );
}
