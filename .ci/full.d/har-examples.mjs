// Writes the HARs of the package har-examples into a directory, a file each.
import { mkdirSync, writeFileSync } from 'node:fs'
import examples from 'har-examples'

const [folder] = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
for (const [name, har] of Object.entries(examples)) {
  writeFileSync(`${folder}/${name}.har`, JSON.stringify(har))
}
