// Checks that two reports of `validate` have the same findings: rules, locations and counts, and as many payloads of each kind.
import { readFileSync } from 'node:fs'

const [one, other] = process.argv.slice(2, 4).map((path) => JSON.parse(readFileSync(path, 'utf8')))
const summary = ({ checked, findings }) =>
  JSON.stringify([
    { ...checked, bytes: 0 },
    findings.map(({ rule, pointer, count }) => [rule, pointer, count]).sort(),
  ])
if (summary(one) !== summary(other)) {
  console.error(summary(one))
  console.error(summary(other))
  process.exit(1)
}
console.log('the findings are the same')
