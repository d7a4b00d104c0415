// Refuses a request in the API server's words, without asking it.
import type { Effect } from '../effect.ts'
import type { AnswerAction } from '../fault.ts'

export const answer = (action: AnswerAction): Effect => ({ before: exchange => exchange.refuse(action) })
