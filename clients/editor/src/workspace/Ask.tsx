import { useState } from 'react';
import { Dialog } from '../interface/Dialog';
import { inWords } from '../interface/words';

export interface Question {
  title: string;
  text: string;
  yes: string;
  onYes(): Promise<void>;
}

/** Before something that cannot be undone. */
export function Ask({ question, onClose }: { question: Question; onClose(): void }) {
  const [isBusy, setIsBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  const go = async () => {
    setIsBusy(true);
    try {
      await question.onYes();
      onClose();
    } catch (error) {
      setTrouble(inWords(error));
      setIsBusy(false);
    }
  };
  return (
    <Dialog
      title={question.title}
      onClose={onClose}
      actions={
        <>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="button is-main is-dangerous" disabled={isBusy} onClick={() => void go()}>
            {question.yes}
          </button>
        </>
      }
    >
      <p>{question.text}</p>
      {trouble && (
        <p className="note is-bad" role="alert">
          {trouble}
        </p>
      )}
    </Dialog>
  );
}
