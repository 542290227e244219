import type { Persistence } from '@ai-editor/persistence';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answer, Assistant, Question } from '../assistant/answer';
import { merged } from '../code/merging';
import { inWords } from '../interface/words';
import type { Target } from '../preview/frame/messages';

export interface Prompt {
  text: string;
  image: File | null;
  target: Target | null;
  /** The component that is looked at, which the prompt may be about. */
  component: string | null;
}

interface Turn {
  session: string;
  said: string;
  abort: AbortController;
}

interface Trouble {
  session: string;
  message: string;
  again(): void;
}

interface Parts {
  persistence: Persistence;
  assistant: Assistant;
  /** Saves what is being typed, so that the answer builds on it. */
  settle(): Promise<void>;
}

/** What a message of the assistant says of the component that it made or changed. */
export interface Made {
  id: string;
  name: string;
  isNew: boolean;
}

/**
 * A prompt and its answer. Both belong to the session they were begun in, whichever is open when the answer is there: so
 * they are written to that session itself rather than to what happens to be shown.
 */
export function useConversation({ persistence, assistant, settle }: Parts) {
  const [turn, setTurn] = useState<Turn | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const running = useRef<Turn | null>(null);
  useEffect(() => () => running.current?.abort.abort(), []);

  const answer = useCallback(
    async (ref: string, prompt: Prompt) => {
      const mine: Turn = { session: ref, said: '', abort: new AbortController() };
      const { session, release } = persistence.open(ref);
      let said = '';
      running.current = mine;
      setTurn(mine);
      setTrouble(null);
      try {
        await settle();
        const component = componentIn(session, prompt.component);
        const answer = await assistant(
          { prompt: prompt.text, image: prompt.image, target: prompt.target, current: component, history: historyOf(session) },
          (text) => {
            said = text;
            setTurn((now) => (now?.abort === mine.abort ? { ...now, said: text } : now));
          },
          mine.abort.signal,
        );
        const made = await keepComponent(session, answer, component);
        await session.addMessage({ type: 'response', text: answer.text, metadata: made ? { component: { ...made } } : {} });
        if (prompt.target)
          await session.addInteraction({
            prompt: prompt.text,
            response: answer.text,
            interaction_type: 'ask',
            target_element: described(prompt.target),
          });
      } catch (error) {
        // What was said before it broke off, or was stopped, was said.
        if (said) await session.addMessage({ type: 'response', text: said, metadata: { is_partial: true } });
        if (!mine.abort.signal.aborted) setTrouble({ session: ref, message: inWords(error), again: () => void answer(ref, prompt) });
      } finally {
        running.current = null;
        setTurn(null);
        release();
      }
    },
    [persistence, assistant, settle],
  );

  const send = useCallback(
    async (ref: string, prompt: Prompt) => {
      const { session, release } = persistence.open(ref);
      try {
        await session.addMessage({
          type: 'prompt',
          text: prompt.text,
          image: prompt.image,
          ...(prompt.target ? { metadata: { target: described(prompt.target) } } : {}),
        });
      } finally {
        release();
      }
      void answer(ref, prompt);
    },
    [persistence, answer],
  );

  return { turn, trouble, send, stop: () => turn?.abort.abort() };
}

type Session = ReturnType<Persistence['open']>['session'];

function componentIn(session: Session, id: string | null) {
  const { components } = session.view.get();
  const row = components.find((c) => c.ref === id) ?? components.find((c) => c.is_current);
  return row ? { id: row.ref, name: row.name, jsxCode: row.jsx_code, cssCode: row.css_code } : null;
}

/** All but the prompt itself, which is the last. */
const historyOf = (session: Session): Question['history'] =>
  session.view
    .get()
    .messages.slice(0, -1)
    .map(({ role, content }) => ({ role: role === 'user' ? 'user' : 'assistant', text: content }));

async function keepComponent(session: Session, { component }: Answer, before: ReturnType<typeof componentIn>): Promise<Made | null> {
  if (!component) return null;
  const { name, jsxCode, cssCode } = component;
  if (component.isNew || !before) {
    const { ref } = await session.addComponent({ name, jsx_code: jsxCode, css_code: cssCode });
    return { id: ref, name, isNew: true };
  }
  // What was typed while the answer came stays in it.
  const now = componentIn(session, before.id) ?? before;
  await session.updateComponent(before.id, {
    jsx_code: merged(before.jsxCode, now.jsxCode, jsxCode),
    css_code: merged(before.cssCode, now.cssCode, cssCode),
  });
  return { id: before.id, name, isNew: false };
}

export const described = (target: Target): string => {
  const text = target.text ? ` “${target.text.slice(0, 40)}”` : '';
  const name = target.className.split(/\s+/)[0];
  return `${target.tag}${name ? `.${name}` : ''}${text}`.slice(0, 200);
};
