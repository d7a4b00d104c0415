// Makes texts fit where they are read: on one line, without control characters, and within so many bytes of JSON.

/** Column names and labels come from data: they may not move a terminal's cursor, nor begin a line of their own. */
export const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

/** What a text takes inside of JSON, without its quotes. */
export const jsonBytes = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2

const ELLIPSIS = '…'

/** The beginning of a text, never a part of a character, with an ellipsis where something was left out. */
export const shortened = (text: string, mostBytes: number): string => {
  if (jsonBytes(text) <= mostBytes) return text
  let [kept, left] = ['', mostBytes - jsonBytes(ELLIPSIS)]
  for (const character of text) {
    left -= jsonBytes(character)
    if (left < 0) break
    kept += character
  }
  return mostBytes >= jsonBytes(ELLIPSIS) ? kept + ELLIPSIS : ''
}
