import { transformSync } from 'esbuild';

/** Jest transformer: strips types as Node does, and nothing more. */
export default {
  process: (source, path) => {
    const { code, map } = transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node24',
      sourcemap: 'inline',
      sourcefile: path,
    });
    return { code, map };
  },
};
