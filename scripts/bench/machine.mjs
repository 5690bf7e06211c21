// The machine that it was measured on, without its name or anybody's.
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'

const osName = () => {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))[1]
  } catch {
    return `${type()} ${release()}`
  }
}

export const describeMachine = () => {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'a processor that is not known',
    cores: all.length,
    gigabytes: Math.round(totalmem() / 1024 ** 3),
    os: osName(),
    arch: process.arch,
    /** Work that others had for it when this began: 1 is one core's. */
    load: loadavg()[0],
  }
}
