import runtime from 'virtual:preview-runtime';

/**
 * Nothing out, nothing in. Text that becomes elements has to pass the frame's one Trusted Types policy, so that it cannot
 * bring back what `seal` takes away. Where frames may lead is not for their own policy to say: the editor's page allows
 * none to lead anywhere (`frame-src` in index.html).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  'font-src data:',
  "form-action 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ');

const STAGE = `
  html { color-scheme: light; background: #f3f2ee; }
  html.dark { color-scheme: dark; background: #17181a; }
  body { margin: 0; min-height: 100vh; box-sizing: border-box; padding: 24px; display: grid; grid-template-columns: minmax(0, 1fr); font: 16px/1.5 system-ui, sans-serif; }
  #root { display: grid; grid-template-columns: minmax(0, 1fr); place-items: center; align-content: center; min-width: 0; }
  #root > * { max-width: 100%; }
  @media (max-width: 480px) { body { padding: 14px; } }
`;

export const frameDocument = (isDark: boolean): string =>
  `<!doctype html><html lang="en"${isDark ? ' class="dark"' : ''}><head><meta charset="utf-8">` +
  `<meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
  '<meta http-equiv="x-dns-prefetch-control" content="off"><meta name="referrer" content="no-referrer">' +
  `<title>Preview</title><style>${STAGE}</style></head><body><script>${runtime}</script></body></html>`;
