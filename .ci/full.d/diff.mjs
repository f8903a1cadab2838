// Compares versions of real schemas in both directions, and holds the findings to what ajv says:
// - each witness is valid under the newer schema and invalid under the older one;
// - a payload that is, too, is explained by a warning or an error at a location where the older schema refuses it;
// - another order of members and alternatives changes no finding but the numbers of alternatives in schema locations, and is none itself;
// - a comparison takes less than a minute and 2 GB.
// Usage: diff.mjs FOLDER OLD,NEW... (names of schemas in the folder)
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Draft7 from 'ajv'
import Newest from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import addFurtherFormats from 'ajv-formats-draft2019'

const MAX_SECONDS = 60
const MAX_KIB = 2_000_000
const [folder, ...pairs] = process.argv.slice(2)
const path = (name) => join(folder, `${name}.json`)
const read = (name) => JSON.parse(readFileSync(path(name), 'utf8'))
let failed = 0

function fail(what) {
  failed += 1
  console.log(`FAILED: ${what}`)
}

function run(...parameters) {
  const limited = `ulimit -v ${MAX_KIB}; exec timeout ${MAX_SECONDS} clients-contract "$@"`
  try {
    return execFileSync('bash', ['-c', limited, '-', ...parameters], { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    // Findings, or a stopped search.
    if (error.status === 1 || (error.status === 3 && error.stdout.startsWith('{'))) return error.stdout
    throw error
  }
}

function compare(old, now) {
  const begun = Date.now()
  const report = JSON.parse(run('diff', '--no-settings', '--witness', '--max-findings', '1000000', '-f', 'json', path(old), path(now)))
  return { findings: report.findings, seconds: (Date.now() - begun) / 1000 }
}

const validators = new Map()
// The locations of subschemas.
const locations = new WeakMap()
function locate(schema, location) {
  if (schema === null || typeof schema !== 'object') return
  locations.set(schema, location)
  for (const [name, inner] of Object.entries(schema)) locate(inner, `${location}/${escaped(name)}`)
}

const escaped = (name) => name.replaceAll('~', '~0').replaceAll('/', '~1')

function validator(name) {
  if (!validators.has(name)) {
    const schema = read(name)
    const Ajv = (schema.$schema ?? '').includes('draft-07') ? Draft7 : Newest
    const ajv = new Ajv.default({ strict: false, allErrors: true, verbose: true, validateSchema: false, logger: false })
    addFormats.default(ajv)
    addFurtherFormats(ajv)
    for (const other of readdirSync(folder).filter((file) => file.endsWith('.part'))) {
      ajv.addSchema(JSON.parse(readFileSync(join(folder, other), 'utf8')), new URL(other.replace(/\.part$/, ''), schema.$id ?? 'file:///').href)
    }
    locate(schema, '')
    validators.set(name, ajv.compile(schema))
  }
  return validators.get(name)
}

// Members in another order, and alternatives and lists of values, unless something refers to one by its number.
function shuffled(schema, seed) {
  let state = seed
  const random = (below) => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * below)
  }
  const shuffle = (list) => {
    for (let last = list.length - 1; last > 0; last -= 1) {
      const other = random(last + 1)
      ;[list[last], list[other]] = [list[other], list[last]]
    }
    return list
  }
  const numbered = JSON.stringify(schema).match(/"\$ref":"[^"]*\/(anyOf|oneOf|allOf)\/\d/g) !== null
  const lists = numbered ? ['enum', 'type'] : ['enum', 'type', 'anyOf', 'oneOf', 'allOf']
  const value = (one, keyword) => {
    if (Array.isArray(one)) {
      const list = one.map((inner) => value(inner, ''))
      return lists.includes(keyword) || keyword === 'required' ? shuffle(list) : list
    }
    if (one === null || typeof one !== 'object' || keyword === 'default' || keyword === 'examples') return one
    return Object.fromEntries(shuffle(Object.entries(one)).map(([name, inner]) => [name, value(inner, name)]))
  }
  return value(schema, '')
}

// What is said of a finding, without lines, and without the numbers of alternatives.
function essence({ rule, severity, pointer, message, schema_pointer: location }) {
  const unnumbered = location.replace(/\/(anyOf|oneOf|allOf)\/\d+/g, '/$1/*')
  return [severity, rule, pointer, message.replace(/ \([^()]*, before .*$/, ''), unnumbered].join(' | ')
}

function difference(one, other) {
  const left = new Map()
  for (const text of one) left.set(text, (left.get(text) ?? 0) + 1)
  for (const text of other) left.set(text, (left.get(text) ?? 0) - 1)
  return [...left].filter(([, count]) => count !== 0).map(([text, count]) => `${count > 0 ? '-' : '+'} ${text}`)
}

// Whether one of two locations is inside the other; `*` is any name or position.
function meet(finding, error) {
  const [one, other] = [finding, error].map((pointer) => pointer.split('/').slice(1))
  return one.slice(0, other.length).every((step, at) => step === '*' || step === other[at])
}

// Where the older schema says what changed, as the message has it.
function before({ message }) {
  const location = / before [^ ]+:\d+:\d+ ([^ )]*)/.exec(message)?.[1] ?? '#'
  return location.replace(/^#/, '')
}

// What is said of a definition is found once, where it is used first: schema locations tell it, too.
function explained(findings, errors) {
  const breaking = findings.filter(({ severity }) => severity !== 'info')
  const within = (outer, inner) => outer !== '' && `${inner}/`.startsWith(`${outer}/`)
  return errors.some(({ instancePath, parentSchema, keyword, params }) => {
    const names = [params.missingProperty, params.additionalProperty].filter((name) => name !== undefined)
    const places = [instancePath, ...names.map((name) => `${instancePath}/${escaped(name)}`)]
    const location = `${locations.get(parentSchema) ?? ''}/${keyword}`
    return breaking.some((finding) => places.some((at) => meet(finding.pointer, at)) || within(before(finding), location))
  })
}

const payloads = new Map()
function payloadsOf(name, ...parameters) {
  const key = [name, ...parameters].join(' ')
  if (!payloads.has(key)) {
    const lines = execFileSync('clients-contract', ['generate', '--schema', path(name), ...parameters], { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] })
    payloads.set(key, lines.trim().split('\n'))
  }
  return payloads.get(key)
}

// Some of what breaks a schema is not JSON.
function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function first({ errors: [{ instancePath, parentSchema, keyword }] }) {
  return `${keyword} at ${instancePath} (${locations.get(parentSchema)})`
}

function both(old, now) {
  const { findings, seconds } = compare(old, now)
  let witnesses = 0
  for (const { rule, pointer, severity, example } of findings) {
    const text = example?.text ?? ''
    if (text === '' || text.startsWith('no witness')) {
      if (severity === 'error') console.log(`  without a witness: ${rule} at ${pointer}`)
      continue
    }
    const payload = JSON.parse(text)
    witnesses += 1
    if (!validator(now)(payload)) fail(`${rule} at ${pointer}: the newer schema refuses ${text}: ${first(validator(now))}`)
    if (validator(old)(payload)) fail(`${rule} at ${pointer}: the older schema admits ${text}`)
  }
  // What breaks the older schema in one place, and valid payloads of the newer one.
  const lines = [...payloadsOf(old, '--exhaustive', '--unlabelled'), ...payloadsOf(now, '-n', '300', '--seed', '5')]
  let shown = 0
  for (const text of lines) {
    const payload = parsed(text)
    if (payload === undefined) continue
    if (validator(old)(payload) || !validator(now)(payload)) continue
    shown += 1
    if (!explained(findings, validator(old).errors)) fail(`no warning explains ${text.slice(0, 300)}: ${first(validator(old))}`)
  }
  const said = findings.map(essence)
  for (const seed of [1, 2]) {
    writeFileSync(path('shuffled'), JSON.stringify(shuffled(read(now), seed)))
    const changed = difference(said, compare(old, 'shuffled').findings.map(essence))
    if (changed.length > 0) fail(`another order of the newer schema changes findings:\n  ${changed.slice(0, 20).join('\n  ')}`)
    const alone = compare(now, 'shuffled').findings.filter(({ severity }) => severity !== 'info')
    if (alone.length > 0) fail(`another order is found: ${alone.map(essence).slice(0, 5).join('\n  ')}`)
  }
  const count = (severity) => findings.filter((finding) => finding.severity === severity).length
  const counts = ['error', 'warning', 'info'].map((severity) => `${count(severity)} ${severity}`).join(', ')
  console.log(`${old} -> ${now}: ${counts}; ${witnesses} witnesses; ${shown} of ${lines.length} payloads are new; ${seconds.toFixed(1)} s`)
}

for (const pair of pairs) {
  const [old, now] = pair.split(',')
  for (const [one, other] of [[old, now], [now, old]]) {
    try {
      both(one, other)
    } catch (error) {
      fail(`${one} -> ${other}: ${error.stderr || error}`)
    }
  }
}
process.exit(failed > 0 ? 1 : 0)
