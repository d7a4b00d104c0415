// The documentation page: one HTML file without anything from elsewhere, drawn from the same list as the OpenAPI document.
import { createHash } from 'node:crypto'
import type { Column } from '../codec/batch.ts'
import { accepted } from '../codec/cell.ts'
import type { Served } from '../dataplane.ts'
import { problems } from '../problems.ts'
import { type Endpoint, endpoints } from './endpoints.ts'
import { exampleNamed } from './example.ts'
import { script } from './script.ts'
import { style } from './style.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const safe = (text: unknown) => String(text).replaceAll(/[&<>"']/g, char => ENTITIES[char] as string)

/** Lists of numbers stay on one line. */
const pretty = (value: unknown) =>
  JSON.stringify(value, null, 2).replaceAll(/\[\s+([^[\]{}]*?)\s+\]/g, (_, inner: string) => `[${inner.replaceAll(/\s*\n\s*/g, ' ')}]`)

const sha = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Only this page's own script and style run, whatever a column or a label is called. */
const policy = `default-src 'none'; connect-src 'self'; script-src ${sha(script)}; style-src ${sha(style)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const option = (value: string, chosen: unknown) => `<option${value === chosen ? ' selected' : ''}>${safe(value)}</option>`

const control = (column: Column, example: unknown) => {
  const shared = `name="${safe(column.name)}" data-type="${column.type}"`
  if (column.categories) {
    const options = column.categories.map(category => option(category, example)).join('')
    return `<select ${shared}>${column.nullable ? '<option value="">(missing)</option>' : ''}${options}</select>`
  }
  const kind = column.type === 'number' ? 'type="number" step="any"' : 'type="text"'
  return `<input ${kind} ${shared} value="${safe(example ?? '')}">`
}

const field = (column: Column, example: unknown) => {
  const rule = column.categories ? '' : accepted(column).replace(', or null for a missing value', ', or empty')
  return `<label>${safe(column.name)}<i>${safe(rule)}</i>${control(column, example)}</label>`
}

const tryIt = (served: Served) => {
  const example = exampleNamed(served)
  const fields = served.signature.columns.map(column => field(column, example[column.name])).join('')
  return `<h2>Try it</h2><form id="try" class="card"><div class="grid">${fields}</div><button>Predict</button><div id="result" aria-live="polite"></div><pre id="command"></pre></form>`
}

const block = (title: string, value: unknown) => `<h3>${title}</h3><pre>${safe(pretty(value))}</pre>`

const endpoint = ({ method, path, summary, request, answer, problems: codes }: Endpoint) => {
  const refusals = codes.map(code => `${problems[code].status} ${code}`).join(', ')
  return `<details><summary><span class="verb ${method}">${method}</span><code>${safe(path)}</code><span class="soft">${safe(summary)}</span></summary><div>
${request ? block('Send', request.example) : ''}${answer.example === undefined ? '' : block('Get', answer.example)}
${refusals === '' ? '' : `<h3>Or</h3><p class="soft">${refusals}</p>`}</div></details>`
}

const groups = (served: Served) => {
  const all = endpoints(served)
  return [...new Set(all.map(e => e.tag))]
    .map(
      tag =>
        `<h2>${tag}</h2>${all
          .filter(e => e.tag === tag)
          .map(endpoint)
          .join('')}`,
    )
    .join('')
}

const header = ({ name, version, loaded, signature }: Served) => {
  const { algorithm, target, metrics, data } = loaded.manifest
  const facts = [
    algorithm,
    ...metrics.slice(0, 3).map(m => `${m.name} ${m.value.toFixed(3)}`),
    data.trainRows && `${data.trainRows} rows trained on`,
    loaded.digest.slice(0, 19),
  ]
  return `<h1>${safe(name)} <small>version ${safe(version)}</small></h1>
<p class="soft">Predicts ${safe(target)}: ${safe(signature.labels.slice(0, 20).join(', '))}${signature.labels.length > 20 ? ' …' : ''}.</p>
<div class="facts">${facts
    .filter(Boolean)
    .map(fact => `<span>${safe(fact)}</span>`)
    .join('')}</div>`
}

const columns = ({ signature }: Served) => {
  const rows = signature.columns.map(
    c => `<tr><td><code>${safe(c.name)}</code></td><td>${safe(accepted(c))}</td><td class="mono">${safe(c.example)}</td></tr>`,
  )
  return `<h2>Columns</h2><div class="card wide"><table><tr><th>name</th><th>accepts</th><th>for example</th></tr>${rows.join('')}</table></div>`
}

export const page = (served: Served) => ({
  policy,
  html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${safe(served.name)} ${safe(served.version)}</title><style>${style}</style></head><body><main>
${header(served)}${tryIt(served)}${columns(served)}${groups(served)}
<p class="soft">The same as <a href="openapi.json">openapi.json</a> (OpenAPI 3.1), for tools.</p></main><script>${script}</script></body></html>`,
})
