/** How each function becomes one file that needs nothing beside it, in esbuild's words: at synth by CDK, for the package by `npm run build`. */
export const bundleOptions = {
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  // Dependencies that are CommonJS call `require` for Node's own modules, which an ES module does not have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
} as const;

/** Bundled as the broker's functions are, and none of them: it asks the deployed broker from outside. */
export const canaryName = 'canary';

/** What is bundled for the function, from the repository's root. */
export const toEntry = (functionName: string): string => `lambda/functions/${functionName}.ts`;

/** The one file of a bundle, as the runtime looks for it. */
export const bundleFile = 'index.mjs';

/**
 * The `daypass` command and what programs import of it. Split, so that a command loads what it needs and no more; names
 * stay, because people read stack traces. Node 20 is the oldest that runs it.
 */
export const commandBundle = {
  ...bundleOptions,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: false,
  minifySyntax: true,
  minifyWhitespace: true,
  splitting: true,
  entryPoints: { daypass: 'bin/daypass.ts', 'from-daypass': 'lib/client/from-daypass.ts' },
  outdir: 'dist/bin',
  // One folder down, as in the repository: files find each other by their own place.
  chunkNames: 'daypass/[name]-[hash]',
} as const;
