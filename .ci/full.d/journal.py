"""Asserts that the journal of the mock has a browser's preflight and request from an origin, and older requests."""

import json
import sys

requests = json.load(open(sys.argv[1]))["requests"]
browser = [one for one in requests if ["origin", sys.argv[2]] in one["headers"]]
preflight, request = browser[:2]
asked = dict(preflight["headers"])
assert preflight["method"] == "OPTIONS" and preflight["status"] == 204, preflight
assert asked["access-control-request-method"] == "GET", asked
assert asked["access-control-request-headers"] == "authorization,prefer", asked
assert request["method"] == "GET" and request["applied"] == ["wait=1ms"], request
assert dict(request["headers"])["authorization"] == "Bearer ***", request
assert len(requests) > len(browser), "the page reset the mock"
print("journal: preflight, request, no reset")
