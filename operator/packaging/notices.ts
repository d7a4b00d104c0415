// Decides what is said about the packages of others in a bundle: name, version, and the licence that each came with.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/
const LICENCE = /^(licen[cs]e|copying|notice)(\.|$)/i

/** Folders of the packages that the files belong to, each once. */
export const packagesOf = (inputs: readonly string[]): string[] =>
  [...new Set(inputs.flatMap(path => FOLDER.exec(path)?.[0] ?? []))].toSorted()

export const notices = (root: string, inputs: readonly string[]): string =>
  ['# Packages in this bundle', ...packagesOf(inputs).map(folder => noticeOf(join(root, folder)))].join('\n\n')

const noticeOf = (folder: string): string => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>
  const texts = readdirSync(folder)
    .filter(file => LICENCE.test(file))
    .map(file => readFileSync(join(folder, file), 'utf8').trim())
  return [`## ${name} ${version} (${license})`, ...texts.map(text => text.replaceAll(/^/gm, '    '))].join('\n\n')
}
