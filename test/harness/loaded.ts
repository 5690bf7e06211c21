/** Sources of files for `--require`, about what a program loads: its chunks it loads itself, the rest Node loads. */

/** `then` is done with each chunk's `script`, and with the `options` that it was made with. */
export const withEachChunk = (then: string): string => `
const vm = require('node:vm')
const { Script } = vm
vm.Script = class extends Script {
  constructor(text, options) {
    super(text, options)
    const script = this
    ${then}
  }
}`

/** `tell` is done with all `files` when the program ends. */
export const tellLoaded = (tell: string): string => `
const chunks = []
${withEachChunk('chunks.push(options.filename)')}
process.on('exit', () => {
  const files = [...chunks, ...Object.keys(require.cache)]
  ${tell}
})`

export const SHOW_LOADED = tellLoaded(`console.error(files.join('\\n'))`)
