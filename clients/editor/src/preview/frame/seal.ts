/**
 * The sandbox and the policy of the frame stop almost everything. This closes what they leave open, before any other code
 * runs: connections that no policy governs (WebRTC, preconnect, dns-prefetch), and fresh realms, in which what is removed
 * here would be back.
 */

/** A link connects ahead of time whatever the policy says; the others bring a realm of their own or lead away. */
const REFUSED = ['link', 'iframe', 'frame', 'frameset', 'object', 'embed', 'fencedframe', 'portal', 'meta', 'base'];
const REFUSED_IN_TEXT = new RegExp(`[<:](?:${REFUSED.join('|')})(?![\\w-])|srcdoc`, 'i');
const PROTOTYPE_DOORS = ['setHTML', 'parseHTML'];

interface Policies {
  createPolicy(name: string, rules: Record<string, (text: string) => string | null>): unknown;
}

export function seal(): void {
  for (const name of Object.getOwnPropertyNames(window))
    if (/RTC|WebTransport|^(DOMParser|XSLTProcessor)$/.test(name)) Reflect.deleteProperty(window, name);

  const refuse = (name: unknown): void => {
    const local = String(name).toLowerCase().split(':').at(-1)!;
    if (REFUSED.includes(local)) throw new Error(`The preview has no <${local}>: it would reach beyond the preview.`);
  };
  const { createElement, createElementNS } = Document.prototype;
  fix(Document.prototype, 'createElement', function (this: Document, ...all: Parameters<Document['createElement']>) {
    const name = String(all[0]);
    refuse(name);
    return createElement.call(this, name, all[1]);
  });
  fix(Document.prototype, 'createElementNS', function (this: Document, space: string | null, name: string, how?: ElementCreationOptions) {
    const qualified = String(name);
    refuse(qualified);
    return createElementNS.call(this, space, qualified, how);
  });
  const { define } = CustomElementRegistry.prototype;
  fix(CustomElementRegistry.prototype, 'define', function (this: CustomElementRegistry, name: string, element: CustomElementConstructor) {
    // Without the third argument: an element that extends a link is a link.
    define.call(this, name, element);
  });
  for (const prototype of [Element.prototype, ShadowRoot.prototype, Document])
    for (const door of PROTOTYPE_DOORS) Reflect.deleteProperty(prototype, door);

  // Every other way to make an element is text that is parsed, and passes here. One default policy is all there can be.
  const { trustedTypes } = window as unknown as { trustedTypes?: Policies };
  trustedTypes?.createPolicy('default', {
    createHTML: (html) => (REFUSED_IN_TEXT.test(html) ? null : html),
    createScript: (script) => script,
  });

  // The history is the whole tab's.
  for (const name of ['go', 'back', 'forward']) fix(History.prototype, name, () => undefined);

  window.addEventListener('click', stay, true);
}

/** Links lead nowhere, save within the component. */
function stay(event: MouseEvent): void {
  const link = event.composedPath().find((part) => part instanceof Element && /^(a|area)$/i.test(part.localName));
  if (!(link instanceof Element)) return;
  event.preventDefault();
  const id = /^#(.+)/.exec(link.getAttribute('href') ?? '')?.[1];
  if (id) document.getElementById(id)?.scrollIntoView({ block: 'nearest' });
}

function fix(owner: object, name: string, value: unknown): void {
  Object.defineProperty(owner, name, { value, writable: false, configurable: false });
}
