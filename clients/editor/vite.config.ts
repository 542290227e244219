import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';
import { previewRuntime } from './previewRuntime.ts';

export default defineConfig(({ mode }) => {
  const service = loadEnv(mode, '.', 'SERVICE').SERVICE ?? 'http://localhost:3000';
  const proxy = {
    '/v1': { target: service, ws: true },
    '/dev': { target: service },
    '/health': { target: service },
  };
  return {
    // The service serves dist/ at whatever path it likes.
    base: './',
    plugins: [react(), previewRuntime()],
    // The package is a link to its folder, where a second React lies for its own tests.
    resolve: { dedupe: ['react', 'react-dom'] },
    server: { proxy },
    preview: { proxy },
    build: { chunkSizeWarningLimit: 1500 },
  };
});
