/**
 * Source of a file for `--require`, which tells what a program has loaded when it ends: `tell` is done with `files`. The
 * program loads its chunks itself, and what others load stands in Node's own list.
 */
export const tellLoaded = (tell: string): string => `
const vm = require('node:vm')
const chunks = []
const { Script } = vm
vm.Script = class extends Script {
  constructor(text, options) {
    super(text, options)
    chunks.push(options.filename)
  }
}
process.on('exit', () => {
  const files = [...chunks, ...Object.keys(require.cache)]
  ${tell}
})`

export const SHOW_LOADED = tellLoaded(`console.error(files.join('\\n'))`)
