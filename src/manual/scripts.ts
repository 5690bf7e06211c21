import { type Manual, SIGNED_EXITS } from './manual.ts'

export const scripts: Record<string, Manual> = {
  token: {
    examples: [
      ['keyturn token', 'print the credential, renewed first when it is about to end'],
      ['curl -H "$(keyturn token --header)" https://zectre.example/api/v1/user', 'sign a call of another program'],
    ],
    json: ['{token, type, header: {name, value}, expires_at}'],
    exits: [4, 6, 7, 8],
  },
  account: {
    examples: [['keyturn account show', 'the account, as the service tells it']],
    json: [],
    exits: SIGNED_EXITS,
  },
  'account show': {
    examples: [
      ['keyturn account show', 'the account, as the service tells it'],
      ['keyturn account show --quiet', 'only its email address or user name'],
    ],
    json: ['{service, id, username, email, name, created_at, …}, and every field that the service sent'],
    exits: SIGNED_EXITS,
  },
  api: {
    examples: [
      ['keyturn api /api/v1/user', 'any call, signed'],
      ['keyturn api /api/v1/api-keys -f name=ci -F expires_in_days=90', 'with fields: a POST'],
      ['keyturn api DELETE /api/v1/api-keys/ID', 'with another method'],
      ['keyturn api POST /v1/jobs --input job.json --include', 'with a body from a file; status and headers too'],
    ],
    json: ['the answer’s body, as it came'],
    exits: SIGNED_EXITS,
  },
  exec: {
    examples: [
      ['keyturn exec -- npm run deploy', 'with the credential in KEYTURN_API_KEY or KEYTURN_TOKEN'],
      ['keyturn exec --env API_KEY -- ./sync.sh', 'in a variable of that name'],
      ['keyturn exec --redact -- ./noisy.sh', 'and struck out of what it prints'],
    ],
    json: [],
    exits: [4, 6, 7, 8, 126, 127],
  },
}
