import { useEffect, useState } from 'react';
import { Icon } from '../interface/Icon';
import { exact } from '../interface/times';
import type { ShownMessage } from '../workspace/stores';
import type { Made } from './conversation';
import { Prose } from './Prose';

const STANDINGS: Partial<Record<ShownMessage['standing'], string>> = {
  waiting: 'Kept on this device',
  rejected: 'Refused by the service',
};

export function Message({ message, onShow }: { message: ShownMessage; onShow(made: Made): void }) {
  const { type, text, timestamp, standing, metadata } = message;
  const made = madeIn(metadata);
  const target = typeof metadata.target === 'string' ? metadata.target : null;
  return (
    <li className={`message is-${type}`} title={exact(timestamp)} data-standing={standing}>
      <span className="only-heard">{type === 'prompt' ? 'You' : 'Assistant'}:</span>
      {target && (
        <span className="chip">
          <Icon name="target" />
          {target}
        </span>
      )}
      <Picture message={message} />
      {text !== '' && <Words text={text} />}
      {made && (
        <button type="button" className="message-made" onClick={() => onShow(made)}>
          <Icon name="code" />
          <span>{made.name}</span>
          <small>{made.isNew ? 'made' : 'changed'}</small>
        </button>
      )}
      {STANDINGS[standing] && <span className={`message-standing is-${standing}`}>{STANDINGS[standing]}</span>}
    </li>
  );
}

/** Longer than anybody reads in passing. */
const LONG = 1800;

function Words({ text }: { text: string }) {
  const [isWhole, setIsWhole] = useState(false);
  if (text.length <= LONG || isWhole) return <Prose text={text} />;
  return (
    <>
      <Prose text={`${text.slice(0, LONG * 0.7)}…`} />
      <button type="button" className="button is-small" onClick={() => setIsWhole(true)}>
        Show all of it
      </button>
    </>
  );
}

function Picture({ message }: { message: ShownMessage }) {
  const { image, kept } = message;
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!image) return setUrl(null);
    const made = URL.createObjectURL(image);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [image]);

  if (url && image) return <img className="message-picture" src={url} alt={image.name || 'Picture'} />;
  return kept?.attachments?.length ? <span className="message-picture is-awaited" role="img" aria-label="A picture, not here yet" /> : null;
}

function madeIn({ component }: ShownMessage['metadata']): Made | null {
  if (typeof component !== 'object' || component === null) return null;
  const { id, name, isNew } = component as Record<string, unknown>;
  return typeof id === 'string' && typeof name === 'string' ? { id, name, isNew: isNew === true } : null;
}
