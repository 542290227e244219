import { useEffect, useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent } from 'react';
import { Icon } from '../interface/Icon';
import { inWords } from '../interface/words';
import { described, type Prompt } from './conversation';

const IMAGE_AT_MOST = 10 * 1024 * 1024;

interface Props {
  text: string;
  onText(text: string): void;
  target: Prompt['target'];
  onTarget(target: Prompt['target']): void;
  isAnswering: boolean;
  assistantName: string;
  onSend(prompt: Omit<Prompt, 'component'>): Promise<void>;
  onStop(): void;
}

export function Composer({ text, onText, target, onTarget, isAnswering, assistantName, onSend, onStop }: Props) {
  const [image, setImage] = useState<File | null>(null);
  const [preview, setPreview] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isOver, setIsOver] = useState(false);
  const isSending = useRef(false);
  const latest = useRef(text);
  latest.current = text;
  const input = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (!image) return setPreview(null);
    const url = URL.createObjectURL(image);
    setPreview(url);
    return () => URL.revokeObjectURL(url);
  }, [image]);
  useEffect(() => {
    if (target) input.current?.focus();
  }, [target]);

  const take = (file: File | undefined) => {
    if (!file) return;
    if (!file.type.startsWith('image/')) return setTrouble('Only pictures can be added.');
    if (file.size > IMAGE_AT_MOST) return setTrouble('That picture is larger than 10 MB.');
    setTrouble(null);
    setImage(file);
  };
  const onPaste = (event: ClipboardEvent) => {
    const [file] = event.clipboardData.files;
    if (!file) return;
    event.preventDefault();
    take(file);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files[0]);
  };

  const isSayable = (text.trim() !== '' || image !== null) && !isAnswering;
  const send = async () => {
    if (!isSayable || isSending.current) return;
    isSending.current = true;
    const prompt = { text: text.trim(), image, target };
    // Emptied only once it is kept: until then it stays where its author can see it.
    try {
      await onSend(prompt);
      // What was typed meanwhile is the beginning of the next.
      onText(latest.current.startsWith(text) ? latest.current.slice(text.length) : latest.current);
      setImage(null);
      onTarget(null);
      setTrouble(null);
    } catch (error) {
      setTrouble(inWords(error));
    } finally {
      isSending.current = false;
    }
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };

  return (
    <div
      className={isOver ? 'composer is-over' : 'composer'}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
    >
      {(target || image) && (
        <div className="composer-extras">
          {target && (
            <span className="chip">
              <Icon name="target" />
              {described(target)}
              <button type="button" aria-label="Do not ask about this element" onClick={() => onTarget(null)}>
                <Icon name="close" />
              </button>
            </span>
          )}
          {image && preview && (
            <span className="composer-picture">
              <img src={preview} alt={image.name || 'Picture to send'} />
              <button type="button" aria-label="Remove the picture" onClick={() => setImage(null)}>
                <Icon name="close" />
              </button>
            </span>
          )}
        </div>
      )}
      <textarea
        ref={input}
        aria-label="Message"
        placeholder={target ? 'What about it? “Make it red”…' : 'A component, or a change to it'}
        rows={1}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKey}
        onPaste={onPaste}
      />
      <div className="composer-bar">
        <input
          ref={files}
          type="file"
          accept="image/*"
          hidden
          aria-label="Picture"
          onChange={(event) => {
            take(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <button type="button" className="quiet" aria-label="Add a picture" title="Add a picture; pasting and dropping work too" onClick={() => files.current?.click()}>
          <Icon name="image" />
        </button>
        <span className="composer-who">{trouble ? <span role="alert">{trouble}</span> : assistantName}</span>
        {isAnswering ? (
          <button type="button" className="round" aria-label="Stop" onClick={onStop}>
            <Icon name="stop" />
          </button>
        ) : (
          <button type="button" className="round" aria-label="Send" disabled={!isSayable} onClick={() => void send()}>
            <Icon name="send" />
          </button>
        )}
      </div>
    </div>
  );
}
