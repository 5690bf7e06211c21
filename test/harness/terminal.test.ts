import { describe, expect, test } from 'vitest'
import { freshHome } from './home.ts'
import { CTRL_C, ENTER, startCommandInTerminal } from './terminal.ts'

describe('a program in a terminal', () => {
  const inTerminal = (script: string, home = freshHome()) =>
    startCommandInTerminal([process.execPath, '-e', script], { home })

  test('is asked, answers, and shows a screen', async () => {
    const terminal = inTerminal(`
      const rl = require('readline').createInterface(process.stdin, process.stdout)
      rl.question('name? ', (name) => { console.log('hello ' + name, process.stdout.columns); process.exit(3) })`)
    await terminal.waitFor('name?')
    terminal.type(`Ada${ENTER}`)
    await terminal.waitFor(/hello Ada 100/)
    expect(await terminal.ended).toEqual({ code: 3, screen: 'name? Ada\nhello Ada 100' })
  })

  test('gets Ctrl-C as a signal, and may end in its own way', async () => {
    const terminal = inTerminal(
      `process.on('SIGINT', () => process.exit(130)); console.log('ready'); setInterval(() => {}, 1000)`,
    )
    await terminal.waitFor('ready')
    terminal.type(CTRL_C)
    expect((await terminal.ended).code).toBe(130)
  })

  test('that dies of a signal has that in its exit code', async () => {
    const terminal = inTerminal(`console.log('ready'); setInterval(() => {}, 1000)`)
    await terminal.waitFor('ready')
    terminal.kill('SIGKILL')
    expect((await terminal.ended).code).toBe(137)
  })

  test('hears of a new size', async () => {
    const terminal = inTerminal(
      `process.stdout.on('resize', () => { console.log('now', process.stdout.columns); process.exit() }); console.log('ready'); setInterval(() => {}, 1000)`,
    )
    await terminal.waitFor('ready')
    terminal.resize(60, 20)
    await terminal.waitFor('now 60')
    await terminal.ended
  })

  test('that leaves the terminal changed is found out, and one that does not is not', async () => {
    const tidy = inTerminal(`console.log('done')`)
    await tidy.ended
    expect(tidy.settings().before).toMatch(/ echo\b/)
    expect(tidy.settings().after).toBe(tidy.settings().before)
    const rude = startCommandInTerminal(['stty', '-echo'], { home: freshHome() })
    await rude.ended
    expect(rude.settings().after).toMatch(/-echo\b/)
  })

  test('fails the wait when it ends without showing what is awaited', async () => {
    await expect(inTerminal(`console.log('something else')`).waitFor('never')).rejects.toThrow('something else')
  })
})
