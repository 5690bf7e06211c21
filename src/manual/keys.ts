import { type Manual, SIGNED_EXITS } from './manual.ts'

const NEW_KEY = 'id, name, key, prefix, scopes, expires_at, created_at, saved_to'

export const keys: Record<string, Manual> = {
  keys: {
    examples: [
      ['keyturn keys create ci --write ci.key', 'make a key, and put it into a file'],
      ['keyturn keys list', 'see which there are'],
      ['keyturn keys rotate ci', 'put a new one in the place of one'],
      ['keyturn keys revoke ci', 'end one'],
    ],
    json: [],
    exits: SIGNED_EXITS,
  },
  'keys create': {
    examples: [
      ['keyturn keys create ci', 'make a key and show it, this once'],
      ['keyturn keys create ci --expires-in 90d --scope api-keys:read', 'one that ends by itself and may do less'],
      ['keyturn keys create ci --quiet | gh secret set API_KEY', 'hand it on, and show it to nobody'],
      ['keyturn keys create ci --write ci.key', 'put it into a new file that only you can read'],
      ['keyturn keys create robot --save robot', 'keep it as a profile of its own'],
    ],
    json: [`{${NEW_KEY}}`],
    exits: SIGNED_EXITS,
  },
  'keys list': {
    examples: [
      ['keyturn keys list', 'a table; with tabs and no heading where it is piped'],
      ['keyturn keys list --json id,name,expires_at', 'some of it, for a script'],
    ],
    json: ['[{id, name, prefix, scopes, is_active, expires_at, last_used_at, created_at}]'],
    exits: SIGNED_EXITS,
  },
  'keys revoke': {
    examples: [
      ['keyturn keys revoke ci', 'by its name; it asks first'],
      ['keyturn keys revoke ci deploy --yes', 'two of them, by name, id or prefix, and ask nothing'],
    ],
    json: ['[{id, name, revoked}]'],
    exits: SIGNED_EXITS,
  },
  'keys rotate': {
    examples: [
      ['keyturn keys rotate ci', 'make a new key like it, show it, and revoke the old one'],
      ['keyturn keys rotate "dev@laptop (linux) 2026-11-21"', 'of the key that this profile uses: kept, not shown'],
    ],
    json: [`{${NEW_KEY}, replaced: {id, name}}`],
    exits: SIGNED_EXITS,
  },
}
