import { css } from '@codemirror/lang-css';
import { javascript } from '@codemirror/lang-javascript';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { minimalSetup } from 'codemirror';
import { useEffect, useRef } from 'react';
import { look } from './look';
import type { Pane } from './WorkingCopy';

interface Props {
  /** What it was; left out, the text stands alone. */
  before?: string;
  after: string;
  pane: Pane;
  label: string;
  onChange?: (text: string) => void;
  /** Long stretches in which nothing changed are folded away. */
  isFolded?: boolean;
}

/** A text with what was changed in it, to read or, with `onChange`, to go on with. */
export function DiffPane({ before, after, pane, label, onChange, isFolded = false }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const change = useRef(onChange);
  change.current = onChange;
  const isEditable = onChange !== undefined;

  useEffect(() => {
    const view = new EditorView({
      parent: place.current!,
      doc: after,
      extensions: [
        minimalSetup,
        pane === 'jsx' ? javascript({ jsx: true, typescript: true }) : css(),
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': String(!isEditable), tabindex: '0', spellcheck: 'false' }),
        EditorState.readOnly.of(!isEditable),
        EditorView.editable.of(isEditable),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) change.current?.(update.state.doc.toString());
        }),
        before === undefined
          ? []
          : unifiedMergeView({
              original: before,
              mergeControls: false,
              gutter: true,
              ...(isFolded ? { collapseUnchanged: { margin: 3, minSize: 6 } } : {}),
            }),
      ],
    });
    return () => view.destroy();
    // What is typed into it comes back as `after` no more: the editor has it already.
  }, [before, pane, label, isEditable, isFolded, isEditable ? null : after]);

  return <div className="code-pane" ref={place} />;
}
