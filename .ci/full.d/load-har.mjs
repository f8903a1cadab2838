// Validates a file against the schema of HAR 1.2 with har-validator.
import { readFileSync } from 'node:fs'
import validator from 'har-validator'

const har = JSON.parse(readFileSync(process.argv[2], 'utf8'))
await validator.har(har).then(
  () => console.log(`${har.log.entries.length} entries are valid`),
  (error) => {
    console.error(JSON.stringify(error.errors, null, 1))
    process.exit(1)
  },
)
