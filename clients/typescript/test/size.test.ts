import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** What a bundler makes of an import, with every library that comes with it, as the browser gets it. */
async function gzipped(code: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: `${import.meta.dirname}/../src`, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

test('The core is less than 15 kB, and who does not use the rest does not get it', async () => {
  const core = await gzipped("export { createPersistenceCore } from './core.js'");
  const usual = await gzipped("export { createPersistence } from './index.js'");
  const conversions = await gzipped("export { convertBackendMessageToFrontend } from './index.js'");

  console.log(`core ${core}, createPersistence ${usual}, a conversion ${conversions} bytes`);
  expect(core).toBeLessThan(15_000);
  expect(usual).toBeLessThan(17_000);
  expect(conversions).toBeLessThan(1_000);
});
