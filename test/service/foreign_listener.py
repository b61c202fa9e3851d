"""Listens to docs/protocol.md's events and shares no code with the service.
Usage: foreign_listener.py REQUESTS EVENTS"""

import json
import sys
import time

import zmq


def check(condition, what):
    if not condition:
        sys.exit(f"not as docs/protocol.md says: {what}")


NOOP = {"source": "/none", "kind": "noop"}


class Listener:
    """Reads events of one subscription, and counts gaps by the chain that covers it."""

    def __init__(self, context, endpoint, topic, chain):
        self.socket = context.socket(zmq.SUB)
        self.socket.linger = 0
        self.socket.rcvhwm = 100_000
        self.socket.connect(endpoint)
        self.socket.subscribe(topic)
        self.topic = topic
        self.chain = chain
        self.last = None
        self.gaps = 0
        self.heard = []

    def await_ears(self, dealer):
        """Until it is subscribed, which takes its time: so is what it has asked for before, once it hears of queues."""
        self.socket.subscribe("queue.")
        until = time.monotonic() + 60
        while not self.socket.poll(200):
            check(time.monotonic() < until, "a subscription that is heard")
            ask(dealer, b"SUBMIT", NOOP)
        self.socket.unsubscribe("queue.")

    def read(self, patience_ms):
        if not self.socket.poll(patience_ms):
            return False
        topic, place, body = self.socket.recv_multipart()
        if not topic.decode().startswith(self.topic):
            return True
        feed, number, in_family, in_topic = place.decode().rsplit(":", 3)
        before = {"all": int(number) - 1, "family": int(in_family), "topic": int(in_topic)}[self.chain]
        if self.last is not None and before != self.last:
            self.gaps += 1
        self.last = int(number)
        self.heard.append((topic.decode(), json.loads(body)))
        return True


def connect(context, endpoint):
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.rcvtimeo = 60_000
    socket.connect(endpoint)
    return socket


def ask(dealer, verb, body):
    dealer.send_multipart([b"VDOC1", b"1", verb, json.dumps(body).encode()])
    return json.loads(dealer.recv_multipart()[3])


def states_of(listener, id):
    return [body["state"] for topic, body in listener.heard if topic == f"job.{id}.state"]


def queues_in(listener, since):
    """How many have waited and run, as it was told."""
    return [(body["waiting"], body["running"]) for topic, body in listener.heard[since:] if topic == "queue.default"]


def main():
    context = zmq.Context()
    dealer = connect(context, sys.argv[1])
    everything = Listener(context, sys.argv[2], "", "all")
    jobs = Listener(context, sys.argv[2], "job.", "family")
    for listener in (everything, jobs):
        listener.await_ears(dealer)
    held = ask(dealer, b"SUBMIT", {**NOOP, "not_before": "2999-01-01T00:00:00Z"})["id"]
    begun = time.monotonic()
    while "scheduled" not in states_of(jobs, held) and time.monotonic() < begun + 60:
        jobs.read(100)
    one = Listener(context, sys.argv[2], f"job.{held}.state", "topic")
    one.await_ears(dealer)
    while everything.read(1000):
        pass
    begun, before = time.monotonic(), len(everything.heard)

    batch = {"jobs": [NOOP for _ in range(500)]}
    ids = [job["id"] for _ in range(10) for job in ask(dealer, b"SUBMIT-BATCH", batch)["jobs"]]
    ask(dealer, b"CANCEL", {"id": held, "cause": "enough"})
    open_, read = {held, *ids}, 0
    while open_ and time.monotonic() < begun + 150:
        jobs.read(100)
        for _, body in jobs.heard[read:]:
            if body["state"] in ("succeeded", "cancelled"):
                open_.discard(body["id"])
        read = len(jobs.heard)
    while jobs.read(1000) or everything.read(100) or one.read(100):
        while everything.read(0) or one.read(0):
            pass
    while queues_in(everything, before)[-1:] != [(0, 0)] and time.monotonic() < begun + 200:
        everything.read(100)

    check(everything.gaps == 0 and jobs.gaps == 0 and one.gaps == 0, "no gaps for who reads")
    states = {}
    for topic, body in jobs.heard:
        states.setdefault(body["id"], []).append(body["state"])
    check(all(states[id] == ["queued", "running", "succeeded"] for id in ids), "states of every job in order")
    check([body["state"] for _, body in one.heard] == ["cancelled"], "one topic")
    check(one.heard[0][1]["cause"] == "local: enough" and one.heard[0][1]["previous"] == "scheduled", "cause and previous")
    queues = queues_in(everything, before)
    check(queues and queues[-1] == (0, 0), "the queue as it is in the end")
    seconds = time.monotonic() - begun
    check(len(queues) <= 2 * seconds + 2, f"a queue is told twice a second at most, not {len(queues)} times in {seconds}")
    print(f"{len(everything.heard)} events, none missed")


main()
