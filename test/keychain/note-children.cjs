/**
 * Loaded into the program before it starts (NODE_OPTIONS): writes down, a line each, what it starts and what it asks of
 * that. The file is `KEYTURN_NOTES`. It only listens.
 */
const { appendFileSync } = require('node:fs')
const { subscribe } = require('node:diagnostics_channel')

const file = process.env.KEYTURN_NOTES
const note = (line) => appendFileSync(file, `${line}\n`)

subscribe('child_process', ({ process: child }) => {
  const { spawn } = child
  child.spawn = function (...args) {
    const result = spawn.apply(this, args)
    note('start')
    const { write } = this.stdin
    this.stdin.write = function (line, ...more) {
      note(JSON.parse(line).operation)
      return write.call(this, line, ...more)
    }
    return result
  }
})
