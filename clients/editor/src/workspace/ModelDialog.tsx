import { useState, type FormEvent } from 'react';
import { keepModel, type ModelSettings } from '../assistant/model';
import { Dialog } from '../interface/Dialog';

interface Props {
  model: ModelSettings | null;
  onModel(model: ModelSettings | null): void;
  onClose(): void;
}

export function ModelDialog({ model, onModel, onClose }: Props) {
  const [baseUrl, setBaseUrl] = useState(model?.baseUrl ?? '');
  const [key, setKey] = useState(model?.key ?? '');
  const [name, setName] = useState(model?.model ?? '');
  const [trouble, setTrouble] = useState<string | null>(null);

  const keep = (settings: ModelSettings | null) => {
    keepModel(settings);
    onModel(settings);
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!/^https?:\/\/\S+$/.test(baseUrl.trim())) return setTrouble('The address begins with https:// and ends before /chat/completions.');
    if (!name.trim()) return setTrouble('Which model? Its name is needed.');
    keep({ baseUrl: baseUrl.trim(), key: key.trim(), model: name.trim() });
  };

  return (
    <Dialog title="The assistant" onClose={onClose}>
      <form className="model" onSubmit={submit} noValidate>
        <p>
          Without a model, the built-in generator answers: offline, at once, and always the same. Any OpenAI-compatible endpoint can
          take its place.
        </p>
        <label className="field">
          <span>Base URL</span>
          <input type="url" value={baseUrl} placeholder="https://api.example.com/v1" autoComplete="off" onChange={(event) => setBaseUrl(event.target.value)} />
        </label>
        <label className="field">
          <span>Key</span>
          <input type="password" value={key} autoComplete="off" onChange={(event) => setKey(event.target.value)} />
        </label>
        <label className="field">
          <span>Model</span>
          <input value={name} autoComplete="off" spellCheck={false} onChange={(event) => setName(event.target.value)} />
        </label>
        <p className="note">
          These three are kept in this browser only, and the key is sent to that address alone. Signing out forgets them. What you say,
          and the current component, goes to it as well.
        </p>
        {trouble && (
          <p className="note is-bad" role="alert">
            {trouble}
          </p>
        )}
        <div className="model-actions">
          {model && (
            <button type="button" className="button" onClick={() => keep(null)}>
              Use the built-in generator
            </button>
          )}
          <button type="submit" className="button is-main">
            Use this model
          </button>
        </div>
      </form>
    </Dialog>
  );
}
