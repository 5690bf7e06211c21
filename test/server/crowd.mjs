/** Very many sockets in a process of their own, which say something and then stay. argv: port, how many, what each says. */
import { connect } from 'node:net'

const [port, many, text] = process.argv.slice(2)
let settled = 0
/** One that was refused counts too: it was tried. */
const settle = () => {
  settled += 1
  if (settled === Number(many)) process.stdout.write('all\n')
}
for (let index = 0; index < Number(many); index += 1) {
  let waits = true
  const once = () => {
    if (waits) settle()
    waits = false
  }
  connect(Number(port), '127.0.0.1', function () {
    this.write(text)
    once()
  })
    .on('error', once)
    .on('close', once)
}
