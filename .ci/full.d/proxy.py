"""Compares 1,000 random responses of a mock with the same ones through the proxy in front of it.

Usage: proxy.py MOCK PROXY, with the library `requests`; every tenth request is sent by curl.
"""

import hashlib
import random
import subprocess
import sys

import requests

MOCK, PROXY = sys.argv[1:]
KEY = "ti_test_0123456789"
PATHS = ["/incoming/v2/clients"] * 6 + ["/elsewhere", "/"]
PREFER = [""] * 8 + [
    "violation=null-value",
    "violation=missing-property",
    "violation=wrong-type",
    "preset=nulls",
    "envelope=bare",
    "code=429",
    "code=503",
    "drift=rename:slug",
]
# They differ from one response to the next.
CHANGING = {"date", "x-ratelimit-remaining", "x-ratelimit-reset"}
chosen = random.Random(7)
sessions = {MOCK: requests.Session(), PROXY: requests.Session()}


def by_requests(server, target, headers):
    with sessions[server].get(server + target, headers=headers, stream=True, timeout=30) as response:
        body = response.raw.read(decode_content=False)
        fields = [(name, value) for name, value in response.raw.headers.items() if name.lower() not in CHANGING]
        return response.status_code, fields, hashlib.sha256(body).hexdigest()


def by_curl(server, target, headers):
    given = [argument for name, value in headers.items() for argument in ("--header", f"{name}: {value}")]
    command = ["curl", "--silent", "--show-error", "--include", "--max-time", "30", *given, server + target]
    head, _, body = subprocess.run(command, check=True, capture_output=True).stdout.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if line.split(b":")[0].decode().lower() not in CHANGING]
    return lines, hashlib.sha256(body).hexdigest()


for number in range(1000):
    sort = chosen.choice(["", "&sort=name", "&sort=-createdAt"])
    target = f"{chosen.choice(PATHS)}?page={chosen.randint(1, 5)}&count={chosen.randint(1, 10)}{sort}"
    headers = {"authorization": f"Bearer {KEY}", "accept-encoding": chosen.choice(["identity", "gzip"])}
    if prefer := chosen.choice(PREFER):
        headers["prefer"] = prefer
    ask = by_curl if number % 10 == 0 else by_requests
    direct, passed = (ask(server, target, headers) for server in (MOCK, PROXY))
    assert direct == passed, (number, target, headers, direct, passed)
print("proxy: 1000 responses with the same status, fields and bytes")
