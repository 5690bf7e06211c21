/** What the single executable loads: it needs a name that stays, which chunks have none of. */
export { main } from '../main.ts'
