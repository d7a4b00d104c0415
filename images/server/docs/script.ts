// What the documentation page does: sends the form to /predict and shows the answer and the command that does the same.
export const script = `
const form = document.getElementById('try')
const result = document.getElementById('result')
const command = document.getElementById('command')
const make = (name, text, cls) => { const e = document.createElement(name); if (text !== undefined) e.textContent = text; if (cls) e.className = cls; return e }
const value = field => field.value === '' ? null : field.dataset.type === 'number' ? Number(field.value) : field.value
const body = () => JSON.stringify(Object.fromEntries([...form.querySelectorAll('[name]')].map(f => [f.name, value(f)])))
const quoted = text => "'" + text.replaceAll("'", "'\\\\''") + "'"
const base = location.href.split(/[?#]/)[0].replace(/\\/docs\\/?$/, '')
const showCommand = () => { command.textContent = 'curl ' + base + '/predict -H "content-type: application/json" -d ' + quoted(body()) }
const bar = ([label, p]) => {
  const line = make('div', undefined, 'bar'), meter = make('meter')
  meter.value = p
  line.append(make('span', label), meter, make('output', (100 * p).toFixed(2) + ' %'))
  return line
}
const show = (status, answer, ms) => {
  result.replaceChildren()
  if (status !== 200) return result.append(make('p', status + ': ' + (answer.error ?? 'no answer'), 'error'))
  const head = make('p'); head.append(make('strong', answer.prediction), make('span', '  ' + answer.model_name + ' ' + answer.model_version + ', ' + ms.toFixed(1) + ' ms', 'soft'))
  const scores = Object.entries(answer.confidence_scores).sort((a, b) => b[1] - a[1]).slice(0, 10)
  result.append(head, ...scores.map(bar))
}
form.addEventListener('input', showCommand)
form.addEventListener('submit', async event => {
  event.preventDefault()
  const began = performance.now()
  try {
    const response = await fetch(base + '/predict', { method: 'POST', headers: { 'content-type': 'application/json' }, body: body() })
    show(response.status, await response.json(), performance.now() - began)
  } catch (error) { show(0, { error: String(error) }, 0) }
})
showCommand()
`
