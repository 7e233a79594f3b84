// The task of a client, and the check of the file it downloads. The only argument is the task as JSON: the `url` of the
// API, `login` and `password`, the `account` by name, the bounds `from` and `until`, and the expected `header` of the file
// and number of `rows`.
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'

const task = JSON.parse(process.argv[2])
const PATIENCE_MS = 60000

// Signs in with the client's own HTTP library, and returns the token.
async function signIn (axios) {
  const { login, password } = task
  const headers = { 'Content-Type': 'application/json' }
  const answer = await axios.post(`${task.url}/auth`, { auth: { login, password } }, { headers })
  assert.equal(answer.status, 201)
  return answer.data.jwt
}

// Polls until the export is no longer pending, and returns it.
async function settled (show) {
  const started = Date.now()
  for (;;) {
    const found = await show()
    if (found.status !== 'Pending') return found
    assert(Date.now() - started < PATIENCE_MS, 'the export stays pending')
    await setTimeout(50)
  }
}

// Downloads the file of an export with the client's own HTTP library, and checks its content.
async function download (axios, self, token) {
  const options = { headers: { Authorization: token }, responseType: 'arraybuffer' }
  const answer = await axios.get(`${self}/download`, options)
  assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8')
  const text = gunzipSync(Buffer.from(answer.data)).toString('utf8')
  // A value may contain line breaks, so quoted values are removed before the lines are counted.
  const lines = text.replace(/"(?:[^"]|"")*"/g, '').split('\n')
  assert.equal(lines[0], task.header)
  assert.equal(lines.pop(), '', 'the last line ends')
  assert.equal(lines.length - 1, task.rows)
}

// Runs a client; an error ends the process.
function run (client) {
  client().catch(error => {
    console.error(error, error.response?.data ?? '')
    process.exit(1)
  })
}

export { task, signIn, settled, download, run }
