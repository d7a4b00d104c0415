// Reads what a tracking server shows of one registered model; what does not have the expected shape is an error, as silence is.
import { type Infer, listOf, object, optional, type Schema, scalar, text } from '../api/schema.ts'
import { validate } from '../api/validate.ts'
import { type Exchange, exchange, type Server, TrackingError } from './request.ts'

export interface SeenVersion {
  /** MLflow's own number. */
  version: string
  stage: string
  tags: Record<string, string>
}

export interface Seen {
  tags: Record<string, string>
  /** Version by alias. */
  aliases: Record<string, string>
  versions: SeenVersion[]
}

const tags = optional(
  listOf('Tags.', object('One tag.', { key: text('Key.', { maxLength: 300 }), value: optional(text('Value.', { maxLength: 100_000 })) }), {
    maxItems: 10_000,
  }),
)
/** MLflow writes large numbers as text in some versions and as numbers in others. */
const numeral = scalar('A number or its digits.')

const alias = object('One alias.', { alias: text('Alias.', { maxLength: 256 }), version: numeral })

const model = object('A registered model.', {
  name: text('Name.', { maxLength: 1024 }),
  tags,
  aliases: optional(listOf('Aliases.', alias, { maxItems: 10_000 })),
})

const Registered = object('One registered model.', { registered_model: model })

const version = object('A version.', {
  version: numeral,
  current_stage: optional(text('Stage.', { maxLength: 256 })),
  tags,
})

const nextPage = optional(text('Token of the next page.', { maxLength: 4096 }))

const Versions = object('One page of versions.', {
  model_versions: optional(listOf('Versions.', version, { maxItems: 1000 })),
  next_page_token: nextPage,
})

const Models = object('One page of registered models.', {
  registered_models: optional(listOf('Models.', model, { maxItems: 1000 })),
  next_page_token: nextPage,
})

const PAGE = '100'
const MOST_PAGES = 200

const asked = async <S extends Schema<unknown>>(server: Server, schema: S, question: Exchange): Promise<Infer<S>> => {
  const checked = validate(schema, await exchange(server, question))
  if ('value' in checked) return checked.value
  throw new TrackingError(`GET ${question.path}`, { status: 200, why: `the answer has another shape: ${checked.complaints[0]}` })
}

/** Undefined when the server knows no model of this name. Aliases stand on the model only: the search for versions leaves them out. */
export const read = async (server: Server, name: string): Promise<Seen | undefined> => {
  const found = await asked(server, Registered, { method: 'GET', path: 'registered-models/get', query: { name } }).catch(unlessUnknown)
  if (!found) return undefined
  const { aliases = [], tags: own } = found.registered_model
  const versions = await versionsOf(server, name)
  return { tags: record(own), aliases: Object.fromEntries(aliases.map(each => [each.alias, String(each.version)])), versions }
}

const unlessUnknown = (error: unknown): undefined => {
  if (error instanceof TrackingError && error.code === 'RESOURCE_DOES_NOT_EXIST') return undefined
  throw error
}

const versionsOf = async (server: Server, name: string): Promise<SeenVersion[]> => {
  const path = 'model-versions/search'
  const pages = await paged(path, query => asked(server, Versions, { method: 'GET', path, query: { ...query, filter: `name='${name}'` } }))
  const found = pages.flatMap(page => page.model_versions ?? [])
  return found.map(each => ({ version: String(each.version), stage: each.current_stage || 'None', tags: record(each.tags) }))
}

/** Every registered model whose tag has this value: its name and its tags. */
export const modelsWith = async (server: Server, key: string, value: string): Promise<{ name: string; tags: Record<string, string> }[]> => {
  const path = 'registered-models/search'
  const filter = `tags.\`${key}\` = '${value}'`
  const pages = await paged(path, query => asked(server, Models, { method: 'GET', path, query: { ...query, filter } }))
  return pages.flatMap(page => page.registered_models ?? []).map(each => ({ name: each.name, tags: record(each.tags) }))
}

/** All pages or an error: what is not seen would be made a second time. */
const paged = async <Page extends { next_page_token?: string }>(
  path: string,
  ask: (query: Record<string, string>) => Promise<Page>,
): Promise<Page[]> => {
  const pages: Page[] = []
  for (let token = ''; pages.length < MOST_PAGES; ) {
    const page = await ask({ max_results: PAGE, ...(token && { page_token: token }) })
    pages.push(page)
    token = page.next_page_token ?? ''
    if (token === '') return pages
  }
  throw new TrackingError(`GET ${path}`, { status: 200, why: `more than ${MOST_PAGES} pages of ${PAGE}` })
}

const record = (list: readonly { key: string; value?: string }[] = []): Record<string, string> =>
  Object.fromEntries(list.map(({ key, value = '' }) => [key, value]))
