/** What a model's reply holds: its words, and the blocks of code that make a component. */
export interface Reply {
  text: string;
  jsxCode: string | null;
  cssCode: string | null;
}

const BLOCK = /```([\w-]*)[^\n]*\n([\s\S]*?)(?:\n?```|$)/g;

export function readReply(reply: string): Reply {
  let jsxCode: string | null = null;
  let cssCode: string | null = null;
  const text = reply.replace(BLOCK, (block, language: string, code: string) => {
    if (/^(jsx|tsx|javascript|js|react)$/i.test(language)) jsxCode = `${code.trimEnd()}\n`;
    else if (/^css$/i.test(language)) cssCode = `${code.trimEnd()}\n`;
    else return block;
    return '';
  });
  return { text: text.replace(/\n{3,}/g, '\n\n').trim(), jsxCode, cssCode };
}

/** As a component is called, in words: "PricingTable" is a "Pricing table". */
export function nameIn(jsx: string): string | null {
  const found = /export\s+default\s+(?:function|class)\s+([A-Z]\w*)/.exec(jsx) ?? /^(?:export\s+)?(?:function|const|class)\s+([A-Z]\w*)/m.exec(jsx);
  const words = found?.[1]?.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : null;
}
