import * as curateMe from './curate-me-rig.ts'
import * as restume from './restume-rig.ts'
import type { Rig } from './rig.ts'
import * as zectre from './zectre-rig.ts'

export const rigs: Record<'restume' | 'zectre' | 'curate-me', Rig> = { restume, zectre, 'curate-me': curateMe }
