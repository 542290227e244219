import { css } from '@codemirror/lang-css';
import { javascript } from '@codemirror/lang-javascript';
import { Annotation, Transaction } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { indentWithTab } from '@codemirror/commands';
import { basicSetup } from 'codemirror';
import { useEffect, useRef } from 'react';
import { look } from './look';
import type { Pane, WorkingCopy } from './WorkingCopy';

const fromElsewhere = Annotation.define<boolean>();

interface Props {
  copy: WorkingCopy;
  pane: Pane;
  label: string;
}

/** One of a component's two texts, as it is typed and as it changes elsewhere. */
export function CodePane({ copy, pane, label }: Props) {
  const place = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const view = new EditorView({
      parent: place.current!,
      doc: copy.get()[pane],
      extensions: [
        basicSetup,
        keymap.of([indentWithTab]),
        pane === 'jsx' ? javascript({ jsx: true, typescript: true }) : css(),
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', spellcheck: 'false' }),
        EditorView.updateListener.of((update) => {
          const isOwn = update.transactions.some((t) => t.docChanged && !t.annotation(fromElsewhere));
          if (isOwn) copy.type(pane, update.state.doc.toString());
        }),
        EditorView.domEventHandlers({ blur: () => void copy.save().catch(reportError) }),
      ],
    });
    const hide = copy.show(pane, (changes) =>
      view.dispatch({ changes, annotations: [fromElsewhere.of(true), Transaction.addToHistory.of(false)] }),
    );
    return () => {
      hide();
      view.destroy();
    };
  }, [copy, pane, label]);

  return <div className="code-pane" ref={place} />;
}
