/**
 * These and what they import go into one file, and with them what most commands begin with: to find and open a file
 * costs as much as to read 20 kB more, and each command would open twenty.
 */
export const CORE = [
  'main.ts',
  'commands/account.ts',
  'commands/status.ts',
  'commands/command.ts',
  'commands/remember-key-names.ts',
]
