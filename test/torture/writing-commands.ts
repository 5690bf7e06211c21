import type { Home } from '../harness/home.ts'
import type { Lane, Person } from './lane.ts'

/** What the key is called that the profile begins with, and the one that the person has from elsewhere. */
export const BEFORE = 'before'
export const GIVEN = 'given'

/** One try: who does it, where, and with what. */
export interface Attempt {
  lane: Lane
  home: Home
  person: Person
  /** A key that the person has from elsewhere, where the command is given one. */
  given: string
  /** Another text each time. */
  word: string
}

interface Step {
  args: (attempt: Attempt) => string[]
  input?: (attempt: Attempt) => string
  /** Exit codes that are as they should be; 0 unless given. */
  exits?: readonly number[]
}

/** A command that writes to the store, makes something at the service, or both. */
export interface WritingCommand extends Step {
  name: string
  service: 'zectre' | 'restume' | 'curate-me'
  /** What the profile holds before. */
  before: 'key' | 'session' | null
  /** Somebody approves on the page as soon as the program asks whether somebody has. */
  approved?: true
  /** It is given a key on standard input, which its owner has too. */
  takesKey?: true
  /** It makes a key: to be shown once, or to be kept. */
  makes?: 'shown' | 'kept'
  /** It puts a key into this file of the home. */
  writes?: (attempt: Attempt) => string
  /** It takes the credential away. */
  forgets?: true
  /** The next command: where a person is told of what was left half done. */
  next: string[]
  /** What is then tried until all is well; the command itself unless given. */
  again?: Step[]
}

const url = ({ lane }: Attempt, service: string): string[] => ['--url', lane.gate(service).url]
const password = ({ person }: Attempt): string => person.password
const byEmail = ({ person }: Attempt): string[] => ['--email', person.email, '--password-stdin']

const withKey: Step = {
  args: (attempt) => ['login', 'zectre', '--with-api-key', ...url(attempt, 'zectre')],
  input: ({ given }) => given,
}
const withPassword: Step = {
  args: (attempt) => ['login', 'curate-me', '--password', ...url(attempt, 'curate-me'), ...byEmail(attempt)],
  input: password,
}

const keyFile = ({ word }: Attempt): string => `key-${word}`

/** Every command that can lose a key. To add one: a row. */
export const WRITING_COMMANDS: readonly WritingCommand[] = [
  {
    name: 'login zectre (browser)',
    service: 'zectre',
    before: 'key',
    args: (attempt) => ['login', 'zectre', '--web', '--no-browser', ...url(attempt, 'zectre')],
    approved: true,
    next: ['keys', 'list'],
  },
  {
    name: 'login zectre --in-terminal',
    service: 'zectre',
    before: 'key',
    args: (attempt) => ['login', 'zectre', '--in-terminal', ...url(attempt, 'zectre'), ...byEmail(attempt)],
    input: password,
    next: ['keys', 'list'],
  },
  {
    name: 'login zectre --with-api-key',
    service: 'zectre',
    before: 'key',
    takesKey: true,
    ...withKey,
    next: ['keys', 'list'],
  },
  {
    name: 'login restume --password',
    service: 'restume',
    before: 'session',
    args: (attempt) => [
      ...['login', 'restume', '--password', ...url(attempt, 'restume')],
      ...['--username', attempt.person.username, '--password-stdin'],
    ],
    input: password,
    next: ['keys', 'list'],
  },
  { name: 'login curate-me --password', service: 'curate-me', before: 'session', ...withPassword, next: ['status'] },
  {
    name: 'keys create, with a key',
    service: 'zectre',
    before: 'key',
    args: ({ word }) => ['keys', 'create', `torture-${word}`],
    makes: 'shown',
    next: ['keys', 'list'],
  },
  {
    name: 'keys create, with a session',
    service: 'restume',
    before: 'session',
    args: ({ word }) => ['keys', 'create', `torture-${word}`, '--quiet'],
    makes: 'shown',
    next: ['keys', 'list'],
  },
  {
    name: 'keys create --save',
    service: 'zectre',
    before: 'key',
    args: ({ word }) => ['keys', 'create', `torture-${word}`, '--save'],
    makes: 'kept',
    next: ['keys', 'list'],
  },
  {
    name: 'keys create --write',
    service: 'zectre',
    before: 'key',
    args: (attempt) => ['keys', 'create', `torture-${attempt.word}`, '--write', keyFile(attempt)],
    makes: 'kept',
    writes: keyFile,
    next: ['keys', 'list'],
  },
  {
    name: 'keys rotate, its own',
    service: 'zectre',
    before: 'key',
    args: () => ['keys', 'rotate', BEFORE],
    makes: 'kept',
    next: ['keys', 'list'],
    // The new one may be there already, and then the name fits two; which of them to revoke is what `next` has told.
    again: [{ args: () => ['keys', 'rotate', BEFORE], exits: [0, 2] }],
  },
  {
    name: 'keys rotate, another',
    service: 'zectre',
    before: 'key',
    takesKey: true,
    args: () => ['keys', 'rotate', GIVEN],
    makes: 'shown',
    next: ['keys', 'list'],
    again: [{ args: () => ['keys', 'rotate', GIVEN], exits: [0, 2] }],
  },
  {
    name: 'signup curate-me',
    service: 'curate-me',
    before: null,
    args: (attempt) => [
      ...['signup', 'curate-me', ...url(attempt, 'curate-me')],
      ...['--email', `new-${attempt.person.email}`, '--name', 'New', '--password-stdin'],
    ],
    input: password,
    next: ['status'],
    // The account may have been made: then it is signed in to.
    again: [
      {
        args: (attempt) => [
          ...['login', 'curate-me', '--password', ...url(attempt, 'curate-me')],
          ...['--email', `new-${attempt.person.email}`, '--password-stdin'],
        ],
        input: password,
        exits: [0, 4],
      },
      withPassword,
    ],
  },
  { name: 'refresh', service: 'curate-me', before: 'session', args: () => ['refresh'], next: ['status'] },
  {
    name: 'logout of a key',
    service: 'zectre',
    before: 'key',
    args: () => ['logout', '--yes'],
    forgets: true,
    takesKey: true,
    next: ['status'],
    again: [{ args: () => ['logout', '--yes'], exits: [0, 4] }, withKey],
  },
  {
    name: 'logout of a session',
    service: 'curate-me',
    before: 'session',
    args: () => ['logout', '--yes'],
    forgets: true,
    next: ['status'],
    again: [{ args: () => ['logout', '--yes'], exits: [0, 4] }, withPassword],
  },
]
