// devour-client, the client of Yeti's own portal.
import assert from 'node:assert/strict'
import JsonApi from 'devour-client'
import { task, signIn, settled, download, run } from './task.mjs'

run(async () => {
  const api = new JsonApi({ apiUrl: task.url, logger: false })
  api.define('account', { name: '', currency: '' })
  api.define('cdr-export', {
    filters: {},
    status: '',
    'rows-count': null,
    'time-format': '',
    'created-at': '',
    account: { jsonApi: 'hasOne', type: 'accounts' }
  }, { readOnly: ['status', 'rows-count', 'created-at'] })
  api.bearer = await signIn(api.axios)

  const accounts = await api.findAll('account', { filter: { nameEq: task.account } })
  assert.deepEqual(accounts.data.map(it => it.name), [task.account])
  const [account] = accounts.data

  const before = await api.findAll('cdr-export', { page: 1 })
  const filters = { time_start_gteq: task.from, time_start_lt: task.until }
  const created = await api.create('cdr-export', { filters, 'time-format': 'round_to_seconds', account: { id: account.id } })
  assert.equal(created.data['time-format'], 'round_to_seconds')
  const done = await settled(async () => (await api.find('cdr-export', created.data.id, { include: 'account' })).data)
  assert.equal(done.status, 'Completed')
  assert.equal(done['rows-count'], task.rows)
  assert.equal(done.account.name, task.account)

  const query = { filter: { statusEq: 'Completed', accountIdEq: account.id }, sort: '-created-at', page: { number: 1, size: 1 } }
  const listed = await api.findAll('cdr-export', query)
  assert.deepEqual(listed.data.map(it => it.id), [created.data.id], 'the newest comes first')
  const after = await api.findAll('cdr-export', { page: 1 })
  assert.equal(after.meta['total-count'], before.meta['total-count'] + 1)

  await download(api.axios, done.links.self, api.bearer)

  // Errors are understood: the client finds the fault under the name of the attribute.
  const faults = await api.create('cdr-export', { filters: {}, account: { id: account.id } }).then(() => ({}), it => it)
  assert.equal(faults.filters.detail, "filters - can't be blank")
})
