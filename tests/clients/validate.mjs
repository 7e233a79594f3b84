// Validates documents against the schema of JSON:API. The only argument is a file of lines, each an object with the
// `request` and the `document` of its response.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Validator } from 'jsonapi-validator'

const validator = new Validator()
assert(!validator.isValid({ data: { id: '1', attributes: {} } }), 'the validator misses a type')

const lines = readFileSync(process.argv[2], 'utf8').split('\n').filter(line => line !== '')
let wrong = 0
for (const { request, document } of lines.map(line => JSON.parse(line))) {
  try {
    validator.validate(document)
  } catch (error) {
    wrong += 1
    const faults = (error.errors ?? [error]).map(it => `  ${it.dataPath ?? ''} ${it.message}`)
    console.error([request, ...faults, `  ${JSON.stringify(document)}`].join('\n'))
  }
}
console.log(`${lines.length} documents, ${wrong} of them wrong`)
process.exit(wrong === 0 && lines.length > 0 ? 0 : 1)
