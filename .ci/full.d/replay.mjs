// Replays a HAR with MSW and checks that every recorded URL answers with the payload and status that were recorded.
import { readFileSync } from 'node:fs'
import { fromTraffic } from '@mswjs/source/traffic'
import { setupServer } from 'msw/node'

const har = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const server = setupServer(...fromTraffic(har))
server.listen({ onUnhandledRequest: 'error' })
let failed = 0
const { entries } = har.log
// The last page first: the answer must not depend on how often or in which order the pages are asked for.
for (const { request, response } of [...entries].reverse()) {
  const replayed = await fetch(request.url)
  const text = await replayed.text()
  if (replayed.status !== response.status || text !== response.content.text) {
    failed += 1
    console.error(`${request.url}: replayed ${replayed.status} with ${text.length} characters, not ${response.content.text.length}`)
  }
}
server.close()
console.log(`${entries.length - failed} of ${entries.length} entries replayed`)
process.exit(failed > 0 || entries.length < 2 ? 1 : 0)
