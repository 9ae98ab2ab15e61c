import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Parts of React Flow that the stage does without. They would stay, because React Flow writes names onto them and wraps them by calls. */
const UNUSED = /^(?:const|var) (?:Background|Controls|EdgeText|MiniMap|MiniMapNode|MiniMapNodes\$1|NodeComponentWrapper|NodeResizeControl) = (?=memo\()/gm;

const leaner: Plugin = {
  name: 'leaner-react-flow',
  apply: 'build',
  transform: (code, id) => (id.includes('/@xyflow/react/')
    ? { code: code.replace(UNUSED, '$&/* @__PURE__ */ ').replace(/^\w+\.displayName = '\w+';$/gm, ''), map: null }
    : undefined),
};

export default defineConfig({
  base: './',
  plugins: [react(), leaner],
  build: {
    target: 'es2022',
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: 'graph', test: /node_modules[\\/](@xyflow|d3-[a-z]+)[\\/]/ },
          ],
        },
      },
    },
  },
  preview: { port: 4173, strictPort: false },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    // The machines are shared and noisy: a test is stopped only when it hangs.
    testTimeout: 120_000,
  },
});
