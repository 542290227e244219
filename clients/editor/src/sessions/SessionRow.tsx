import type { ListedSession } from '@ai-editor/persistence';
import { useState } from 'react';
import { Menu } from '../interface/Menu';
import { ago, exact } from '../interface/times';

const STANDINGS: Partial<Record<ListedSession['standing'], string>> = { waiting: 'on this device', rejected: 'refused' };

interface Props {
  session: ListedSession;
  isOpen: boolean;
  isTrash: boolean;
  onOpen(): void;
  onRename(title: string): void;
  onExport(): void;
  onRemove(): void;
  onRestore(): void;
  onErase(): void;
}

export function SessionRow({ session, isOpen, isTrash, ...on }: Props) {
  const [isRenaming, setIsRenaming] = useState(false);
  const { title } = session;
  const updated = new Date(session.updated_at);

  if (isRenaming) {
    const finish = (value: string) => {
      setIsRenaming(false);
      if (value.trim() && value !== title) on.onRename(value.trim().slice(0, 255));
    };
    return (
      <li className="session">
        <input
          className="session-rename"
          aria-label={`New title of ${title}`}
          defaultValue={title}
          autoFocus
          onFocus={(event) => event.target.select()}
          onBlur={(event) => finish(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') finish(event.currentTarget.value);
            else if (event.key === 'Escape') setIsRenaming(false);
          }}
        />
      </li>
    );
  }
  const words = (
    <>
      <span className="session-title">{title}</span>
      <span className="session-when" title={exact(updated)}>
        {STANDINGS[session.standing] ?? ago(updated)}
      </span>
    </>
  );
  return (
    <li className={isOpen ? 'session is-open' : 'session'} data-standing={session.standing}>
      {isTrash ? (
        <span className="session-link">{words}</span>
      ) : (
        <button type="button" className="session-link" aria-current={isOpen ? 'page' : undefined} onClick={on.onOpen}>
          {words}
        </button>
      )}
      <Menu
        label={`Actions for ${title}`}
        items={
          isTrash
            ? [
                { label: 'Restore', icon: 'restore', onChoose: on.onRestore },
                { label: 'Erase for good', icon: 'trash', onChoose: on.onErase, isDangerous: true },
              ]
            : [
                { label: 'Rename', icon: 'pencil', onChoose: () => setIsRenaming(true) },
                { label: 'Export', icon: 'export', onChoose: on.onExport },
                { label: 'Move to trash', icon: 'trash', onChoose: on.onRemove, isDangerous: true },
              ]
        }
      />
    </li>
  );
}
