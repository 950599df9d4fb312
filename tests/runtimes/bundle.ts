import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** The suite and the SDK as one script for a runtime; `code` is what it does with `run`. */
export async function bundle(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as sdk from '../../packages/sdk/src/index.ts'
        import { upload } from '../../packages/sdk/src/upload.ts'
        import { suite } from './suite.mjs'
        const run = (options) => suite({ ...sdk, upload }, options)
        ${code}`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  })
  return outputFiles[0]!.text
}
