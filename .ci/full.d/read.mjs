// Reads payloads as JavaScript programs do: ajv with ajv-formats validates them by a schema; Date and Zod read their timestamps and
// UUIDs; integers are exact. Prints how many payloads something refused, and what first.
// Usage: read.mjs SCHEMA NDJSON
import { readFileSync } from 'node:fs'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { z } from 'zod'

const [schema, payloads] = process.argv.slice(2).map((path) => readFileSync(path, 'utf8'))
const ajv = new Ajv.default({ strict: false, allErrors: false })
addFormats.default(ajv)
const validate = ajv.compile(JSON.parse(schema))
const moment = z.iso.datetime({ offset: true })
const uuid = z.uuid()

function refused(value) {
  if (Array.isArray(value) || (value && typeof value === 'object')) {
    for (const member of Object.values(value)) {
      const why = refused(member)
      if (why) return why
    }
  } else if (typeof value === 'number') {
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) return `${value} is not exact`
    if (Object.is(value, -0)) return '-0 is written as 0'
  } else if (typeof value === 'string') {
    if (/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d/.test(value)) {
      if (Number.isNaN(new Date(value).getTime())) return `Date refuses ${value}`
      if (!moment.safeParse(value).success) return `Zod refuses ${value}`
    }
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) && !uuid.safeParse(value).success) return `Zod refuses ${value}`
  }
}

let failed = 0
const lines = payloads.trim().split('\n')
for (const line of lines) {
  const payload = JSON.parse(line)
  const why = validate(payload) ? refused(payload) : `ajv: ${ajv.errorsText(validate.errors)}`
  if (why && failed++ === 0) console.log(`first: ${why}`)
}
console.log(`JavaScript refuses ${failed} of ${lines.length} payloads`)
process.exit(failed > 0 ? 1 : 0)
