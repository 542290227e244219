import { build, type Plugin } from 'vite';

const NAME = 'virtual:preview-runtime';
const ENTRY = 'src/preview/frame/runtime.ts';

/**
 * What runs inside the preview, React included, as one text: a frame of an opaque origin that may fetch nothing has to be
 * given everything.
 */
export function previewRuntime(): Plugin {
  let root = '';
  let text: Promise<string> | undefined;
  return {
    name: 'preview-runtime',
    configResolved: (config) => {
      root = config.root;
    },
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    load: async (id) => (id === `\0${NAME}` ? `export default ${JSON.stringify(await (text ??= bundle(root)))}` : undefined),
    handleHotUpdate: ({ file }) => {
      if (file.includes('/preview/frame/')) text = undefined;
    },
  };
}

async function bundle(root: string): Promise<string> {
  const output = await build({
    configFile: false,
    root,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: true,
      lib: { entry: ENTRY, formats: ['iife'], name: 'previewRuntime' },
    },
  });
  const [result] = Array.isArray(output) ? output : [output];
  if (!result || !('output' in result)) throw new Error('The preview runtime was not built.');
  // Inside a script element these would end it, or begin a comment.
  return result.output[0].code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
