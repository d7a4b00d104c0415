// Every scenario of the crash matrix.
import type { Scenario } from '../scenario.ts'
import { deciding } from './deciding.ts'
import { importing } from './importing.ts'
import { judging } from './judging.ts'
import { serving } from './serving.ts'
import { training } from './training.ts'

export const scenarios: readonly Scenario[] = [...training, ...serving, ...deciding, ...judging, ...importing]
