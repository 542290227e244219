import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser } from './support/browser.js';
import { Editor, type Handle } from './support/editor.js';
import { Service } from './support/service.js';

let service: Service;
let browser: Browser;
let listener: Server;
const heard: string[] = [];

beforeAll(async () => {
  service = await Service.start();
  browser = await Browser.start();
  listener = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('window.got = true');
  });
  listener.on('upgrade', (request, socket) => {
    heard.push(`upgrade ${request.url}`);
    socket.destroy();
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
});

afterAll(async () => {
  await browser?.end();
  listener?.close();
  await service?.stop();
});

/** Each way out is tried by a component; what came of it stands in the preview. */
const WAYS: Record<string, string> = {
  'the page around it': 'parent.document.title',
  'its storage': 'parent.localStorage.length',
  'storage of its own': 'localStorage.length',
  cookies: 'document.cookie',
  databases: 'indexedDB.open("x")',
  fetch: 'await fetch(url + "fetch")',
  XMLHttpRequest: 'await new Promise((ok, no) => { const x = new XMLHttpRequest(); x.onload = ok; x.onerror = no; x.open("GET", url + "xhr"); x.send() })',
  'a picture': 'await load(new Image(), "src", "picture")',
  'a script': 'await load(document.createElement("script"), "src", "script")',
  'a style sheet': 'await load(Object.assign(document.createElement("link"), { rel: "stylesheet" }), "href", "sheet")',
  'a module': 'await import(url + "module.js")',
  'a frame': 'await load(document.createElement("iframe"), "src", "frame", true)',
  'a worker': 'new Worker(url + "worker.js")',
  'a socket': 'await new Promise((ok, no) => { const s = new WebSocket(url.replace("http", "ws") + "socket"); s.onopen = ok; s.onerror = no })',
  events: 'await new Promise((ok, no) => { const s = new EventSource(url + "events"); s.onopen = ok; s.onerror = no })',
  'a window': 'if (!window.open(url + "window")) throw new Error("no window")',
  'the top': 'top.location.href = url + "top"',
};

test('Code in the preview gets at nothing outside of it, and nothing outside gets anything from it', async () => {
  const address = listener.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  const editor = await Editor.open(await browser.newPage(), service.url, 1);
  await editor.newSession();
  await editor.say('A card');
  await expect.poll(() => editor.messages.count()).toBe(2);
  const jsx = `
    import { useEffect, useState } from 'react';
    const url = '${url}';
    const load = (element, attribute, path, isQuiet) => new Promise((ok, no) => {
      element.onload = isQuiet ? no : ok; element.onerror = no; element[attribute] = url + path; document.body.append(element);
      if (isQuiet) setTimeout(no, 1000);
    });
    const ways = { ${Object.entries(WAYS).map(([name, code]) => `${JSON.stringify(name)}: async () => { ${code} }`).join(',\n')} };
    export default function Hostile() {
      const [lines, setLines] = useState([]);
      useEffect(() => void (async () => {
        for (const [name, way] of Object.entries(ways)) {
          let out = 'OPEN';
          try { await way(); } catch { out = 'shut'; }
          setLines((all) => [...all, name + ': ' + out]);
        }
        setLines((all) => [...all, 'done']);
      })(), []);
      return <ul style={{ backgroundImage: 'url(${url}background)' }}>{lines.map((line) => <li key={line}>{line}</li>)}</ul>;
    }`;
  const before = editor.page.url();

  await editor.page.evaluate(async (jsx) => {
    const { aiEditor } = globalThis as unknown as { aiEditor: Handle };
    const { session, release } = aiEditor.persistence.open(aiEditor.sessionRef() ?? '');
    await session.addComponent({ name: 'Hostile', jsx_code: jsx, css_code: 'ul { list-style-image: url(/leak) }' });
    release();
  }, jsx);
  const shown = editor.page.frameLocator('iframe').getByRole('listitem');
  await expect.poll(() => shown.last().textContent(), { timeout: 60_000 }).toBe('done');

  const lines = await shown.allTextContents();
  expect(lines.filter((line) => line.endsWith('OPEN'))).toEqual([]);
  expect(lines).toHaveLength(Object.keys(WAYS).length + 1);
  expect(heard).toEqual([]);
  expect(editor.page.url()).toBe(before);
});

test('A page that the preview leads itself to gets no request', async () => {
  const address = listener.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  const editor = await Editor.open(await browser.newPage(), service.url, 2);
  await editor.newSession();
  await editor.say('A card');
  await expect.poll(() => editor.messages.count()).toBe(2);

  await editor.page.evaluate(async (url) => {
    const { aiEditor } = globalThis as unknown as { aiEditor: Handle };
    const { session, release } = aiEditor.persistence.open(aiEditor.sessionRef() ?? '');
    const jsx_code = `export default function Leaving() {
      setTimeout(() => { location.href = '${url}away'; }, 300);
      return <a href="${url}link" ref={(a) => a && setTimeout(() => a.click(), 100)}>away</a>;
    }`;
    await session.addComponent({ name: 'Leaving', jsx_code });
    release();
  }, url);
  await editor.page.frameLocator('iframe').getByText('away').waitFor();
  // Its time to leave comes; what is said after it shows that the page is still there.
  await editor.page.waitForFunction((until) => Date.now() > until, Date.now() + 1_500);
  await editor.say('Still here');

  expect(heard).toEqual([]);
});
