import { javascriptLanguage } from '@codemirror/lang-javascript';
import { jsxText } from './wish';

/** Changes in JSX as it was written, by whoever: found by its grammar, so that what is around them stays as it is. */

interface Element {
  name: string;
  /** Between its tags; null where it has no closing tag. */
  inside: { from: number; to: number } | null;
  /** The one text that is all it holds. */
  text: { from: number; to: number } | null;
}

const parser = javascriptLanguage.configure({ dialect: 'jsx' }).parser;

function elementsIn(jsx: string): Element[] {
  const elements: Element[] = [];
  parser.parse(jsx).iterate({
    enter: ({ name, node }) => {
      if (name !== 'JSXElement') return;
      const open = node.getChild('JSXOpenTag');
      const close = node.getChild('JSXCloseTag');
      const tag = open ?? node.getChild('JSXSelfClosingTag');
      const identifier = tag?.getChild('JSXBuiltin') ?? tag?.getChild('JSXIdentifier');
      const inside = open && close ? { from: open.to, to: close.from } : null;
      const texts = node.getChildren('JSXText');
      const isTextAlone = inside !== null && texts.length === 1 && texts[0]!.from === inside.from && texts[0]!.to === inside.to;
      elements.push({
        name: identifier ? jsx.slice(identifier.from, identifier.to) : '',
        inside,
        text: isTextAlone ? inside : null,
      });
    },
  });
  return elements;
}

const replaced = (jsx: string, { from, to }: { from: number; to: number }, text: string): string =>
  jsx.slice(0, from) + text + jsx.slice(to);

/** Gives the component a heading, or its heading another text. */
export function withTitle(jsx: string, title: string): string | null {
  const elements = elementsIn(jsx);
  const heading = elements.find((element) => /^h[1-3]$/.test(element.name) && element.inside);
  if (heading?.inside) return replaced(jsx, heading.inside, jsxText(title));
  const root = elements.find((element) => element.inside);
  if (!root?.inside) return null;
  const indent = /\n([ \t]*)\S/.exec(jsx.slice(root.inside.from))?.[1] ?? '  ';
  return replaced(jsx, { from: root.inside.from, to: root.inside.from }, `\n${indent}<h2 className="title">${jsxText(title)}</h2>`);
}

/** Another text for the first button that has a plain one. */
export function withLabel(jsx: string, label: string): string | null {
  const button = elementsIn(jsx).find((element) => element.name === 'button' && element.text);
  return button?.text ? replaced(jsx, button.text, jsxText(label)) : null;
}

/** Something more at the end of the component. */
export function withLast(jsx: string, element: string): string | null {
  const root = elementsIn(jsx).find((e) => e.inside);
  if (!root?.inside) return null;
  const before = jsx.slice(0, root.inside.to);
  const indent = /\n([ \t]*)$/.exec(before)?.[1] ?? '';
  return `${before.trimEnd()}\n${indent}  ${element}\n${indent}${jsx.slice(root.inside.to)}`;
}
