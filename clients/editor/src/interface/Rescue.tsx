import { Component, type ReactNode } from 'react';

/** Where the page itself fails: what was said and made is kept, and a reload shows it again. */
export class Rescue extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError = () => ({ hasFailed: true });

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main className="alone" role="alert">
        <h1>The editor stumbled</h1>
        <p>What you said and made is kept on this device. Loading the page again shows it.</p>
        <button type="button" className="button is-main" onClick={() => location.reload()}>
          Load again
        </button>
      </main>
    );
  }
}
