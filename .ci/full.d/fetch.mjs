// Asks the mock at a URL with the `fetch` of Node: pages, failures, what scripts of other origins need.
import assert from "node:assert/strict";

const url = `${process.argv[2]}/incoming/v2/clients`;
const headers = { authorization: "Bearer ti_test_0123456789" };

const response = await fetch(`${url}?count=5&query=name:a`, { headers });
assert.equal(response.status, 200);
const { clients, pageInfo } = (await response.json()).data.Clients;
assert.equal(clients.length, Math.min(5, pageInfo.total));
assert.match(response.headers.get("x-ratelimit-limit"), /^\d+$/);

const all = await Promise.all(Array.from({ length: 50 }, (_, at) => fetch(`${url}?page=${(at % 6) + 1}`, { headers })));
assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]));
await Promise.all(all.map((one) => one.arrayBuffer()));

for (const fault of ["reset", "empty", "garbage", "truncate"]) {
  const broken = fetch(`${url}?__fault=${fault}`, { headers }).then((one) => one.json());
  await assert.rejects(broken, TypeError, fault);
}
const late = fetch(url, { headers: { ...headers, prefer: "wait=5" }, signal: AbortSignal.timeout(200) });
await assert.rejects(late, { name: "TimeoutError" });

const moved = await fetch(`${url}?__code=302&count=2`, { headers });
assert.equal(moved.status, 200);
assert.equal((await moved.json()).data.Clients.clients.length, 2);
console.log("fetch: pages, faults, timeout, redirect");
