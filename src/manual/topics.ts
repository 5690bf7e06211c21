/** Pages of help that belong to no one command: `keyturn help NAME`. */
import { EXITS } from './manual.ts'

export interface Topic {
  summary: string
  /** Paragraphs, and lists of names with what they are. */
  parts: readonly (string | readonly (readonly [string, string])[])[]
}

const ENVIRONMENT = [
  ['KEYTURN_API_KEY', 'the key to use; no profile, store or question then'],
  ['KEYTURN_TOKEN', 'the same for a session’s token'],
  ['KEYTURN_SERVICE', 'the service that it is for, and that a command is for where no profile says'],
  ['KEYTURN_URL', 'the address of that service'],
  ['KEYTURN_ADMIN_URL', 'where its B2B calls go, where that is another address'],
  ['KEYTURN_ORG', 'the organisation that B2B calls are for'],
  ['KEYTURN_PROFILE', 'the profile to use, instead of the current one'],
  ['KEYTURN_STORE', 'keychain or file: where secrets are kept; no other is used then'],
  ['KEYTURN_CONFIG_DIR', 'where the settings are; XDG_CONFIG_HOME/keyturn on Linux unless set'],
  ['KEYTURN_BROWSER', 'the program that opens a page; then BROWSER, then the system’s own'],
  ['KEYTURN_GOOGLE_ISSUER', 'who signs Google’s ID tokens'],
  ['KEYTURN_GOOGLE_CLIENT_ID', 'the client that a service has with Google'],
  ['KEYTURN_GOOGLE_CLIENT_SECRET', 'its secret, where it has one'],
  ['KEYTURN_DEBUG', 'set to 1: where a mistake in keyturn itself happened'],
] as const

const USUAL = [
  ['NO_COLOR, FORCE_COLOR', 'no colour; colour though nobody seems to look'],
  ['CI', 'ask nothing, and draw nothing that moves'],
  ['ACCESSIBLE', 'draw nothing twice: for screen readers'],
  ['HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY', 'the way out, and who is reached without it'],
  ['NODE_EXTRA_CA_CERTS', 'certificate authorities of your own'],
  ['XDG_CONFIG_HOME', 'where settings are kept on Linux'],
  ['NODE_DISABLE_COMPILE_CACHE', 'set to 1: keep no compiled form of the program beside it'],
] as const

const FAULTS = [
  ['502', 'this status (400 to 599), in the words of a gateway; nothing is done'],
  ['429@1,retry-after=3', 'the same, once, with a time to wait'],
  ['interval=2s', 'what is asked again sooner gets 429, with the time to wait; nothing is done'],
  ['drop', 'the connection ends with no answer; nothing is done'],
  ['drop-after-commit', 'it is done, and then the connection ends with no answer'],
  ['lost-response', 'it is done, and no answer ever comes'],
  ['cut', 'it is done, and the connection ends in the middle of the answer'],
  ['slow=1b/s', 'the answer comes with so many bytes a second'],
  ['html', 'the sign-in page of a network instead of an answer'],
  ['escape-sequences', 'what would take over a terminal, in every name and message'],
  ['redirect=URL', 'a redirect to there; redirect:URL is short for *:redirect=URL'],
] as const

export const topics: Record<string, Topic> = {
  faults: {
    summary: 'what keyturn serve can let go wrong: --fault',
    parts: [
      '[METHOD ]TARGET:FAULT[@TIMES][,retry-after=SECONDS], as in --fault "status:502@2" or --fault "POST api-keys:lost-response". It can be given again; what one fault answers, those after it never see.',
      'TARGET is what it hits:',
      [
        ['*', 'every request'],
        ['status', 'paths with that word between slashes or dashes: keys is in /api/v1/api-keys'],
        ['/api/v1/user', 'that path, and those below it'],
        ['zectre_dashboard', 'all that this listener is asked'],
      ],
      'FAULT is what goes wrong:',
      FAULTS,
      'TIMES says which of the requests that it fits; without it, every one:',
      [
        ['@2', 'the second'],
        ['@2-4', 'from the second to the fourth'],
        ['@2-', 'from the second on'],
      ],
      'And one fault hits no request: clock:+86400 or clock:-3600 sets the server’s clock wrong by so many seconds.',
    ],
  },
  environment: {
    summary: 'the variables that keyturn reads',
    parts: ['A flag wins over a variable, and a variable over a profile.', ENVIRONMENT, 'And the usual ones:', USUAL],
  },
  'exit-codes': {
    summary: 'what each exit code means',
    parts: [
      Object.entries(EXITS),
      'exec ends with the exit code of what it ran, or 128 and the number of the signal that ended it. A closed pipe ends keyturn with 141, as SIGPIPE would.',
    ],
  },
  json: {
    summary: 'how to read answers in a script',
    parts: [
      'stdout is the answer and nothing else; all talk goes to stderr.',
      [
        ['--json', 'one JSON value, on one line where it is piped'],
        ['--json id,name', 'these fields of it'],
        ['--jq EXPRESSION', 'what a jq expression makes of it: --jq ".[].id"'],
        ['--quiet', 'the one thing a script wants, and no talk'],
      ],
      'Names are the services’ own, in snake_case, and the same across services. What is not known is null, never left out.',
      'A failure prints nothing on stdout. With --json it is this on stderr:',
      [['{"error": {"code", "message", "status", "hint", "request_id"}}', '']],
    ],
  },
}

/** What there is help for beside the commands, and what each is. */
export const helpPages: readonly (readonly [string, string])[] = [
  ['options', 'what every command takes'],
  ...Object.entries(topics).map(([name, { summary }]) => [name, summary] as const),
]
