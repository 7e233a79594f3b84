// kitsu, a client that reads and writes JSON:API as plain objects.
import assert from 'node:assert/strict'
import Kitsu from 'kitsu'
import { task, signIn, settled, download, run } from './task.mjs'

run(async () => {
  const api = new Kitsu({ baseURL: task.url, camelCaseTypes: false, resourceCase: 'none', pluralize: false })
  const token = await signIn(api.axios)
  api.headers.Authorization = `Bearer ${token}`

  const accounts = await api.get('accounts', { params: { filter: { name_eq: task.account } } })
  assert.deepEqual(accounts.data.map(it => it.name), [task.account])
  const [{ id, type }] = accounts.data

  const before = await api.get('cdr-exports', { params: { page: { size: 1 } } })
  const filters = { time_start_gteq: task.from, time_start_lt: task.until }
  const created = await api.post('cdr-exports', { filters, account: { data: { type, id } } }, { params: { include: 'account' } })
  assert.equal(created.status, 201)
  assert.equal(created.headers.location, created.data.links.self)
  assert.equal(created.data.account.data.name, task.account)
  const done = await settled(async () => (await api.get(`cdr-exports/${created.data.id}`)).data)
  assert.equal(done.status, 'Completed')
  assert.equal(done['rows-count'], task.rows)
  const related = await api.get(`cdr-exports/${done.id}/account`)
  assert.equal(related.data.id, id)

  const params = { filter: { status_in: 'Completed,Failed' }, fields: { 'cdr-exports': 'status,rows-count' }, page: { size: 1 } }
  const listed = await api.get('cdr-exports', { params })
  assert.deepEqual(listed.data.map(it => [it.id, it['rows-count'], it.filters]), [[done.id, task.rows, undefined]])
  assert.equal(listed.meta['total-count'], before.meta['total-count'] + 1)

  await download(api.axios, done.links.self, token)

  // Errors are understood.
  const fault = await api.get('cdr-exports', { params: { filter: { status_eq: 'test' } } }).then(() => null, it => it)
  assert.equal(fault.errors[0].detail, 'test is not a valid value for status_eq.')
})
