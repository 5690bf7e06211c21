import { expect, test } from 'vitest'
import { meansNoLinks } from '../../src/files/no-links.ts'

test.each([
  ['FAT on Linux', 'EPERM', true],
  ['exFAT on Windows', 'EISDIR', true],
  ['a share on macOS', 'ENOTSUP', true],
  ['a name that is taken', 'EEXIST', false],
  ['a full disk', 'ENOSPC', false],
  ['a folder that others own', 'EACCES', false],
])('the answer of %s, %s, means that there are no links: %s', (_, code, means) => {
  expect(meansNoLinks(Object.assign(new Error(code), { code }))).toBe(means)
})
