import { expect, test } from 'vitest'
import { systemSteps } from './steps.ts'

const TRACE = `100 openat(AT_FDCWD</home>, "/usr/bin/node", O_RDONLY|O_CLOEXEC) = 17</usr/bin/node>
101 write(5<pipe:[1]>, "*", 1) = 1
100 write(16<anon_inode:[eventfd]>, "\\1", 8) = 8
100 symlink("100.1.a.b.c.d", "/home/x/credentials.json.lock") = 0
100 openat(AT_FDCWD</home>, "/home/x/credentials.json", O_RDONLY|O_CLOEXEC) = 17</home/x/credentials.json>
100 openat(AT_FDCWD</home>, "/home/x/.credentials.json.0123456789abcdef01234567.tmp", O_WRONLY|O_CREAT|O_EXCL, 0600) = 17</home/x/.credentials.json.0123456789abcdef01234567.tmp>
100 write(17</home/x/.credentials.json.0123456789abcdef01234567.tmp>, "{", 1) = 1
100 rename("/home/x/.credentials.json.0123456789abcdef01234567.tmp", "/home/x/credentials.json") = 0
100 write(1<pipe:[2]>, "the answer", 10) = 10
`

test('what changes a file of ours or prints the answer is a step, by its number in the first thread', () => {
  expect(systemSteps(TRACE, '/home/x').map(({ name, nth, about }) => `${name} ${nth} ${about}`)).toEqual([
    'symlink 1 credentials.json.lock',
    'openat 3 .credentials.json….tmp',
    'write 2 .credentials.json….tmp',
    'rename 1 .credentials.json….tmp',
    'write 3 standard output',
  ])
})
