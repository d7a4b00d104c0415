// Reads what the kubelet took out of a Secret for the pod: one word, or nobody is told what it is.
import { importEnv } from '../../../operator/api/contract.ts'
import { Refused } from './refused.ts'

/** A file that a Secret was made from often ends in a new line. Anything else that no header may hold would be quoted in an error. */
export const credential = (env: NodeJS.ProcessEnv, name: string, key = name): string | undefined => {
  const word = env[name]?.trim()
  if (word === undefined || /^[\x21-\x7e]+$/.test(word)) return word
  throw new Refused(`the key ${key} of the Secret that credentials names is not one word of plain letters: write the Secret again`)
}

export const bearerOf = (env: NodeJS.ProcessEnv): Record<string, string> => {
  const token = credential(env, importEnv.token, 'token')
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}
