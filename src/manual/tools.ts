import type { Manual } from './manual.ts'

export const tools: Record<string, Manual> = {
  profile: {
    examples: [
      ['keyturn profile list', 'every account that was signed in to'],
      ['keyturn profile use work', 'go on with another one'],
    ],
    json: [],
    exits: [8],
  },
  'profile list': {
    examples: [['keyturn profile list', 'every account that was signed in to; no secret is read']],
    json: ['[{name, current, service, url, store, user, org, created_at}]'],
    exits: [],
  },
  'profile use': {
    examples: [['keyturn profile use work', 'commands use it from now on']],
    json: ['{name, current, …}'],
    exits: [],
  },
  'profile remove': {
    examples: [['keyturn profile remove work', 'forget it and its secret; keyturn logout ends the key as well']],
    json: ['{name, removed}'],
    exits: [8],
  },
  'profile rename': {
    examples: [['keyturn profile rename zectre work', 'with its secret']],
    json: ['{name, …}'],
    exits: [8],
  },
  services: {
    examples: [['keyturn services', 'what each service can do']],
    json: ['[{name, url, operations}]'],
    exits: [],
  },
  serve: {
    examples: [
      ['keyturn serve --seed', 'all three services, each with an account to sign in with'],
      ['keyturn serve zectre --port 0 --json', 'one, on a free port, for a script'],
      ["keyturn serve zectre --seed --fault 'status:502@2'", 'one on a bad day: keyturn help faults'],
    ],
    json: ['{"zectre": "http://…", "zectre_dashboard": "http://…", …}, on one line, when all listen'],
    exits: [],
  },
  doctor: {
    examples: [
      ['keyturn doctor', 'what works here, what does not, and what to do about it'],
      ['keyturn doctor --json', 'for a bug report; nothing secret is in it'],
    ],
    json: ['{ok, checks: [{name, ok, detail, hint}]}'],
    exits: [],
  },
  completion: {
    examples: [
      ['keyturn completion --install', 'for the shell in use'],
      ['keyturn completion zsh > ~/.zfunc/_keyturn', 'where you want it'],
    ],
    json: ['{shell, script}', '--install: {shell, path, next}'],
    exits: [],
  },
}
