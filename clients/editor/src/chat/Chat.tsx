import type { ChatState, Persistence } from '@ai-editor/persistence';
import { useDraft } from '@ai-editor/persistence/react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { inWords } from '../interface/words';
import { Composer } from './Composer';
import type { Made, Prompt } from './conversation';
import { Message } from './Message';
import { Prose } from './Prose';
import './Chat.css';

const IDEAS = ['A pricing table for a bakery', 'A dark login form', 'A to-do list with 5 tasks', 'A green chart about visitors'];

interface Props {
  persistence: Persistence;
  /** Under which what is typed and not said yet is kept. */
  draftName: string;
  chat: ChatState;
  said: string | null;
  trouble: { message: string; again(): void } | null;
  assistantName: string;
  target: Prompt['target'];
  onTarget(target: Prompt['target']): void;
  onSend(prompt: Omit<Prompt, 'component'>): Promise<void>;
  onStop(): void;
  onShow(made: Made): void;
}

export function Chat(props: Props) {
  const { persistence, chat, said, trouble } = props;
  const [text, setText] = useDraft(persistence, props.draftName);
  const [isLoadingOlder, setIsLoadingOlder] = useState(false);
  const list = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  const last = chat.messages.at(-1)?.id;

  useLayoutEffect(() => {
    if (isAtEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [chat.messages, said, trouble]);
  useEffect(() => {
    isAtEnd.current = true;
  }, [chat.sessionRef, last]);

  const loadOlder = async () => {
    const element = list.current!;
    const fromEnd = element.scrollHeight - element.scrollTop;
    setIsLoadingOlder(true);
    await chat.loadOlder().catch(() => false /* offline; the button stays */);
    setIsLoadingOlder(false);
    requestAnimationFrame(() => element.scrollTo({ top: element.scrollHeight - fromEnd }));
  };

  const isEmpty = chat.messages.length === 0 && said === null && !chat.loading;
  return (
    <section className="chat" aria-label="Chat">
      <ol
        className="messages"
        aria-label="Messages"
        ref={list}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < 80;
        }}
      >
        {chat.hasOlder && (
          <li className="messages-older">
            <button type="button" className="button is-small" disabled={isLoadingOlder} onClick={() => void loadOlder()}>
              {isLoadingOlder ? 'Fetching…' : 'Earlier messages'}
            </button>
          </li>
        )}
        {chat.loading && chat.messages.length === 0 && <Skeleton />}
        {chat.messages.map((message) => (
          <Message key={message.id} message={message} onShow={props.onShow} />
        ))}
        {said !== null && (
          <li className="message is-response is-coming" aria-busy="true">
            {said === '' ? <span className="thinking" role="status" aria-label="Thinking" /> : <Prose text={said} />}
          </li>
        )}
        {trouble && (
          <li>
            <div className="message-trouble" role="alert">
              <p>{trouble.message}</p>
              <button type="button" className="button is-small" onClick={trouble.again}>
                Ask again
              </button>
            </div>
          </li>
        )}
        {chat.error && chat.messages.length === 0 && !chat.loading && (
          <li>
            <div className="message-trouble" role="alert">
              <p>{inWords(chat.error)}</p>
            </div>
          </li>
        )}
        {isEmpty && !chat.error && (
          <li className="chat-empty">
            <h2>What shall we make?</h2>
            <p>Describe a component. It is built, shown and kept; then say what to change.</p>
            <ul className="ideas" aria-label="Ideas">
              {IDEAS.map((idea) => (
                <li key={idea}>
                  <button type="button" onClick={() => setText(idea)}>
                    {idea}
                  </button>
                </li>
              ))}
            </ul>
          </li>
        )}
      </ol>
      <Composer
        text={text}
        onText={setText}
        target={props.target}
        onTarget={props.onTarget}
        isAnswering={said !== null}
        assistantName={props.assistantName}
        onSend={props.onSend}
        onStop={props.onStop}
      />
    </section>
  );
}

const Skeleton = () => (
  <li className="skeleton" aria-label="Loading messages" aria-busy="true">
    <span style={{ width: '62%' }} />
    <span style={{ width: '88%' }} />
    <span style={{ width: '71%' }} />
  </li>
);
