// Compiles a schema with ajv in strict mode, and validates payloads by it; Zod reads one of 2020-12, too.
// Usage: exports.mjs 2020|7 SCHEMA VALID_NDJSON INVALID_NDJSON
import { readFileSync } from 'node:fs'
import Ajv from 'ajv'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { z } from 'zod'

const [draft, schema, valid, invalid] = process.argv.slice(2)
const read = (path) => readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
// Types in unions are how the contract writes null; everything else is strict.
const ajv = new (draft === '7' ? Ajv : Ajv2020).default({ strict: true, allowUnionTypes: true })
addFormats.default(ajv)
const document = JSON.parse(readFileSync(schema, 'utf8'))
const validate = ajv.compile(document)
if (draft !== '7') {
  const parsed = z.fromJSONSchema(document)
  const wrong = read(valid).map((payload) => parsed.safeParse(payload)).filter((result) => !result.success)
  if (wrong.length > 0 || parsed.safeParse({ data: null }).success) throw new Error(`Zod: ${wrong[0]?.error}`)
}
const refused = read(valid).filter((payload) => !validate(payload))
const accepted = read(invalid).filter((payload) => validate(payload))
if (refused.length > 0) console.log(ajv.errorsText(validate.errors))
console.log(`ajv (${draft}): ${refused.length} valid payloads refused, ${accepted.length} invalid payloads accepted`)
process.exit(refused.length + accepted.length > 0 ? 1 : 0)
