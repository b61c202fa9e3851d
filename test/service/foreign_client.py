"""A client of docs/protocol.md that shares no code with the service. Usage: foreign_client.py ENDPOINT"""

import json
import sys
import time

import zmq


def check(condition, what):
    if not condition:
        sys.exit(f"not as docs/protocol.md says: {what}")


def ask(socket, number, verb, body=None):
    socket.send_multipart([b"VDOC1", str(number).encode(), verb.encode(), json.dumps(body or {}).encode()])
    protocol, request, code, answer = socket.recv_multipart()
    check(protocol == b"VDOC1" and request == str(number).encode(), "frames of an answer")
    return code.decode(), json.loads(answer)


def connect(context, kind, endpoint):
    socket = context.socket(kind)
    socket.linger = 0
    socket.rcvtimeo = 60_000
    socket.connect(endpoint)
    return socket


def talk_in_turns(req):
    for number in range(100, 1300):  # a service that has just started takes jobs, but no orders yet
        code, now = ask(req, number, "PING")
        check(code == "OK" and now["protocol"] == 1, "PING")
        if now["ready"]:
            break
        time.sleep(0.05)
    check(now["ready"], "ready within a minute")
    job = {"source": "/none", "kind": "noop", "idempotency_key": "python", "labels": {"by": "python"}}
    code, first = ask(req, 2, "SUBMIT", job)
    check(code == "OK" and first["known"] is False, "SUBMIT")
    code, again = ask(req, 3, "SUBMIT", job)
    check(code == "OK" and again == {"id": first["id"], "known": True}, "the same idempotency key twice")
    code, job = ask(req, 4, "STATUS", {"id": first["id"]})
    check(code == "OK" and job["labels"] == {"by": "python"}, "STATUS")
    code, page = ask(req, 5, "LIST", {"most": 10})
    check(code == "OK" and any(one["id"] == first["id"] for one in page["jobs"]), "LIST")
    code, error = ask(req, 6, "SUBMIT", {"sauce": "/none"})
    check(code == "bad_request" and error["error"]["code"] == code, "an error")
    code, error = ask(req, 7, "STATUS", {"id": "none"})
    check(code == "not_found", "a job that is none")
    later = {"source": "/none", "kind": "noop", "not_before": "2999-01-01T00:00:00Z"}
    code, waits = ask(req, 8, "SUBMIT", later)
    check(code == "OK" and ask(req, 9, "STATUS", {"id": waits["id"]})[1]["state"] == "scheduled", "not_before")
    check(ask(req, 10, "CANCEL", {"id": waits["id"]})[0] == "OK", "CANCEL")
    check(ask(req, 11, "RETRY", {"id": waits["id"]})[0] == "OK", "RETRY")


def talk_at_once(dealer):
    jobs = [{"source": f"/{i}", "kind": "noop"} for i in range(100)]
    for number in range(50):
        dealer.send_multipart([b"VDOC1", str(number).encode(), b"SUBMIT-BATCH", json.dumps({"jobs": jobs}).encode()])
    ids = set()
    requests = set()
    for _ in range(50):
        _, request, code, answer = dealer.recv_multipart()
        check(code == b"OK", "SUBMIT-BATCH")
        requests.add(int(request))
        ids.update(one["id"] for one in json.loads(answer)["jobs"])
    check(requests == set(range(50)) and len(ids) == 5000, "one answer for each request")


def main():
    context = zmq.Context()
    talk_in_turns(connect(context, zmq.REQ, sys.argv[1]))
    talk_at_once(connect(context, zmq.DEALER, sys.argv[1]))
    print("all as docs/protocol.md says")


main()
