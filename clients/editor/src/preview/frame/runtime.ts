import * as React from 'react';
import * as ReactDOM from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import * as jsxRuntime from 'react/jsx-runtime';
import type { FromFrame, Target, ToFrame } from './messages';
import { seal } from './seal';

type Module = { exports: Record<string, unknown> };
type Program = (require: (name: string) => unknown, module: Module, exports: Module['exports']) => void;

seal();

const editor = window.parent;
const say = (message: FromFrame): void => editor.postMessage(message, '*');
const fail = (error: unknown): void => say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });

const modules: Record<string, unknown> = {
  react: React,
  'react-dom': ReactDOM,
  'react-dom/client': { createRoot },
  'react/jsx-runtime': jsxRuntime,
};
const require = (name: string): unknown => {
  const found = modules[name];
  if (found) return found;
  if (/\.css$/.test(name)) return {};
  throw new Error(`"${name}" cannot be imported here: the preview has React and nothing else.`);
};

const style = document.head.appendChild(document.createElement('style'));
const stage = document.body.appendChild(document.createElement('div'));
stage.id = 'root';
let root: Root | undefined;

function run(code: string): void {
  // An inline script is all that the policy lets through; eval it does not.
  const script = document.createElement('script');
  script.textContent = `previewProgram(function (require, module, exports) {"use strict";${code}\n})`;
  document.head.append(script);
  script.remove();
}

function show(program: Program): void {
  const module: Module = { exports: {} };
  program(require, module, module.exports);
  const component = componentIn(module.exports);
  if (!component) throw new Error('There is nothing to show: export a component, such as "export default function Card() { … }".');
  root ??= createRoot(stage, { onUncaughtError: fail });
  root.render(React.createElement(React.Fragment, null, React.createElement(component), React.createElement(Rendered)));
}

function Rendered(): null {
  React.useEffect(() => say({ kind: 'rendered' }), []);
  return null;
}

const isComponent = (value: unknown): value is React.ComponentType =>
  typeof value === 'function' || (typeof value === 'object' && value !== null && '$$typeof' in value && !React.isValidElement(value));

function componentIn(exports: Record<string, unknown>): React.ComponentType | undefined {
  const made = exports.default ?? Object.entries(exports).find(([name, value]) => /^[A-Z]/.test(name) && isComponent(value))?.[1];
  if (React.isValidElement(made)) return () => made;
  return isComponent(made) ? made : undefined;
}

Object.assign(window, {
  React,
  previewProgram: (program: Program) => {
    try {
      show(program);
    } catch (error) {
      fail(error);
    }
  },
});

window.addEventListener('error', (event) => fail(event.error ?? event.message));
window.addEventListener('unhandledrejection', (event) => fail(event.reason));
document.addEventListener('securitypolicyviolation', (event) =>
  say({ kind: 'blocked', what: event.blockedURI || event.effectiveDirective }),
);
window.addEventListener('message', (event: MessageEvent<ToFrame>) => {
  if (event.source !== editor) return;
  const message = event.data;
  if (message.kind === 'pick') return pick(message.isOn);
  style.textContent = message.css;
  if (message.kind === 'run') run(message.code);
});

/** While it is on, a click says what it hit instead of doing what it does. */
const pointer = document.documentElement.appendChild(document.createElement('div'));
pointer.style.cssText =
  'position:fixed;display:none;pointer-events:none;z-index:2147483647;outline:2px solid #d97706;outline-offset:2px;border-radius:4px;background:rgb(217 119 6/.08)';
let isPicking = false;

function pick(isOn: boolean): void {
  isPicking = isOn;
  pointer.style.display = 'none';
  document.documentElement.style.cursor = isOn ? 'crosshair' : '';
}

const hit = (event: Event): Element | null =>
  event.target instanceof Element && event.target !== document.documentElement ? event.target : null;

window.addEventListener(
  'pointermove',
  (event) => {
    const element = isPicking ? hit(event) : null;
    if (!element) return;
    const { left, top, width, height } = element.getBoundingClientRect();
    pointer.style.cssText += `;display:block;left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
  },
  true,
);
window.addEventListener(
  'click',
  (event) => {
    const element = isPicking ? hit(event) : null;
    if (!element) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pick(false);
    const target: Target = {
      tag: element.localName,
      className: element.getAttribute('class') ?? '',
      text: (element.textContent ?? '').trim().slice(0, 80),
    };
    say({ kind: 'picked', target });
  },
  true,
);

say({ kind: 'ready' });
