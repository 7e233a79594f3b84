// @servicestack/client, the JavaScript client of the framework of the original. The only argument is the task as JSON: the
// `url` of the server, `licence`, `customer`, the bounds `from` and `until`, and the expected number of `rows`.
import assert from 'node:assert/strict'
import { JsonServiceClient } from '@servicestack/client'

const task = JSON.parse(process.argv[2])

// The request as its users declare it.
class PortaCDR {
  constructor (init) { Object.assign(this, init) }
  createResponse () { return {} }
  getTypeName () { return 'PortaCDR' }
}

class GetPortaCDR extends PortaCDR {
  getMethod () { return 'GET' }
}

async function run () {
  const client = new JsonServiceClient(task.url).useBasePath('')
  const wanted = { License: task.licence, ICustomer: task.customer, FromDate: task.from, ToDate: task.until, IncludeAccounts: true }

  for (const answer of [await client.get(new GetPortaCDR(wanted)), await client.post(new PortaCDR(wanted))]) {
    assert.equal(answer.TotalCalls, task.rows)
    const calls = answer.DictPortaCustomerAccountCDRS['Voice Calls']
    assert(calls.length > 0)
    assert(calls.every(call => Number.isInteger(call.ID) && /^\d+$/.test(call.CallType)))
    assert(calls.every(call => call.Connect_time.startsWith('/Date(')))
  }

  const path = `/getCustomerAccountCDRS/${task.licence}/${task.customer}/${task.from}/${task.until}/true`
  const byPath = await client.get(path)
  assert.equal(byPath.TotalCalls, task.rows)

  // Errors are understood.
  const fault = await client.get(new GetPortaCDR({ ...wanted, License: 'nobody knows it' })).then(() => null, it => it)
  assert.equal(fault.responseStatus.errorCode, 'UnauthorizedAccessException')
  const unknown = await client.get(new GetPortaCDR({ ...wanted, ICustomer: 999999 })).then(() => null, it => it)
  assert.equal(unknown.responseStatus.message, 'there is no customer with this ICustomer')
}

run().catch(error => {
  console.error(error, error.responseStatus ?? '')
  process.exit(1)
})
