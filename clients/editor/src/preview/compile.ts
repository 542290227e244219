import { transform } from 'sucrase';

export type Compiled = { code: string } | { error: string };

/** JSX, with types or without, as the frame's one script can run it. */
export function compile(jsx: string): Compiled {
  try {
    const { code } = transform(withExport(jsx), {
      transforms: ['jsx', 'typescript', 'imports'],
      jsxRuntime: 'automatic',
      production: true,
    });
    return { code };
  } catch (error) {
    return { error: readable(error) };
  }
}

/** What people and models leave out: a bare element, or a component that is not exported. */
function withExport(jsx: string): string {
  if (/^\s*</.test(jsx)) return `export default () => (<>${jsx}</>);`;
  if (/^\s*export\b/m.test(jsx) || /\bmodule\.exports\b/.test(jsx)) return jsx;
  const names = [...jsx.matchAll(/^(?:function|class|const|let|var)\s+([A-Z]\w*)/gm)];
  const last = names.at(-1)?.[1];
  return last ? `${jsx}\nexport default ${last};` : jsx;
}

function readable(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).replace(/^Error transforming[^:]*: /, '');
  const place = /\((\d+):(\d+)\)$/.exec(text);
  return place ? `Line ${place[1]}: ${text.slice(0, place.index).trim()}` : text;
}
