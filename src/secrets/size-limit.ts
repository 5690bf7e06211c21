import { Failure } from '../vocabulary/failure.ts'

/** In characters. A credential travels in one header, and few servers take one of 16 kB; a pair has two, and their names. */
const MOST = 64 * 1024

/** Before anything is written: a store that would cut it, or choke on it, is not tried. */
export const assertSize = (secret: string, where: string): void => {
  if (secret.length <= MOST) return
  const size = secret.length.toLocaleString('en')
  throw new Failure('store_unusable', `${where} is not given a secret of ${size} characters: ${MOST} are the most`, {
    hint: 'no service takes a credential of that size back; tell those who run the one that gave it',
  })
}
