"""Walks the mock at a URL with the library `requests`, and asks for its failures."""

import sys

import requests

URL, TOTAL = sys.argv[1] + "/incoming/v2/clients", int(sys.argv[2])
session = requests.Session()
session.headers["authorization"] = "Bearer ti_test_0123456789"


def ids(parameters, items, follow):
    found = []
    while parameters is not None:
        response = session.get(URL, params=parameters, timeout=30)
        response.raise_for_status()
        page = response.json()
        clients, info = items(page)
        found += [client["id"] for client in clients]
        parameters = follow(parameters, info) if info["hasMore"] else None
    return found


documented = ids(
    {"page": 1, "count": 30, "sort": "-name"},
    lambda page: (page["data"]["Clients"]["clients"], page["data"]["Clients"]["pageInfo"]),
    lambda parameters, info: {**parameters, "page": info["currentPage"] + 1},
)
bare = ids(
    {"perPage": 50, "__envelope": "bare"},
    lambda page: (page["clients"], page["pageInfo"]),
    lambda parameters, info: {**parameters, "cursor": info["cursor"]},
)
assert len(documented) == len(bare) == TOTAL, (len(documented), len(bare))
assert set(documented) == set(bare) and len(set(bare)) == TOTAL

response = session.get(URL, headers={"accept-encoding": "gzip"}, timeout=30)
assert response.headers["content-encoding"] == "gzip" and len(response.json()["data"]["Clients"]["clients"]) == 25
assert session.get(URL, headers={"if-none-match": response.headers["etag"]}, timeout=30).status_code == 304
assert requests.get(URL, timeout=30).status_code == 401
limited = session.get(URL, headers={"prefer": "code=429"}, timeout=30)
assert limited.status_code == 429 and limited.headers["retry-after"] == "1"
assert limited.json()["error"] == "rate_limit_exceeded"

ERRORS = {
    "reset": requests.exceptions.ConnectionError,
    "empty": requests.exceptions.ConnectionError,
    "garbage": requests.exceptions.ConnectionError,
    "truncate": requests.exceptions.ChunkedEncodingError,
}
for fault, error in ERRORS.items():
    try:
        session.get(URL, headers={"prefer": f"fault={fault}"}, timeout=30)
    except error:
        continue
    raise AssertionError(f"{fault}: no {error.__name__}")
print(f"requests: {TOTAL} clients twice, {len(ERRORS)} faults")
