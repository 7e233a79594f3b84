// What a client is to do, and how the file it gets is checked. The task is the script's one argument, as JSON: `url` of the API,
// `login` and `password`, the `account` by name, the bounds `from` and `until`, and what is expected: the `header` of the file
// and its `rows`.
import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'

const task = JSON.parse(process.argv[2])
const PATIENCE_MS = 60000

// Signs in over the client's own HTTP library, and returns the token.
async function signIn (axios) {
  const { login, password } = task
  const headers = { 'Content-Type': 'application/json' }
  const answer = await axios.post(`${task.url}/auth`, { auth: { login, password } }, { headers })
  assert.equal(answer.status, 201)
  return answer.data.jwt
}

// Asks again and again until the export is not pending any more, and returns it.
async function settled (show) {
  const begun = Date.now()
  for (;;) {
    const found = await show()
    if (found.status !== 'Pending') return found
    assert(Date.now() - begun < PATIENCE_MS, 'the export stays pending')
    await setTimeout(50)
  }
}

// Downloads the file of an export over the client's own HTTP library, and checks what is in it.
async function download (axios, self, token) {
  const options = { headers: { Authorization: token }, responseType: 'arraybuffer' }
  const answer = await axios.get(`${self}/download`, options)
  assert.equal(answer.headers['content-type'], 'text/csv; charset=utf-8')
  const text = gunzipSync(Buffer.from(answer.data)).toString('utf8')
  // A value may hold line breaks: what stands in quotes is put aside before lines are counted.
  const lines = text.replace(/"(?:[^"]|"")*"/g, '').split('\n')
  assert.equal(lines[0], task.header)
  assert.equal(lines.pop(), '', 'the last line ends')
  assert.equal(lines.length - 1, task.rows)
}

// Runs what a client does; whatever goes wrong ends the process.
function run (client) {
  client().catch(error => {
    console.error(error, error.response?.data ?? '')
    process.exit(1)
  })
}

export { task, signIn, settled, download, run }
