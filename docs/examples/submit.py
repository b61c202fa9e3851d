"""Gives a job to Video Doc and waits for its end. Needs pyzmq (Debian: python3-zmq).

    python3 submit.py /films/talk.mp4 [tcp://127.0.0.1:5555 [tcp://127.0.0.1:5556]]

With keys: VIDEO_DOC_IDENTITY names the file that `video-doc key create` has made.
"""

import json
import os
import re
import sys
import uuid

import zmq

ENDS = ("succeeded", "failed", "cancelled")


def identify(socket):
    """Encrypts the connection, where the service asks for keys."""
    if file := os.environ.get("VIDEO_DOC_IDENTITY"):
        keys = dict(re.findall(r'^(\w+) = "(.*)"$', open(file).read(), re.MULTILINE))
        socket.curve_serverkey = keys["server_key"].encode()
        socket.curve_publickey = keys["public_key"].encode()
        socket.curve_secretkey = keys["secret_key"].encode()


class Service:
    def __init__(self, context, endpoint):
        self.context, self.endpoint, self.socket = context, endpoint, None

    def connect(self):
        if self.socket:
            self.socket.close(linger=0)
        self.socket = self.context.socket(zmq.DEALER)
        identify(self.socket)
        self.socket.connect(self.endpoint)

    def ask(self, verb, body, tries=10):
        """Asks again on a new connection when there is no answer: that is what idempotency keys are for."""
        for number in range(tries):
            if not self.socket or number:
                self.connect()
            request = uuid.uuid4().hex.encode()
            self.socket.send_multipart([b"VDOC1", request, verb.encode(), json.dumps(body).encode()])
            while self.socket.poll(5_000):
                _, answered, code, answer = self.socket.recv_multipart()
                if answered != request:
                    continue
                answer = json.loads(answer)
                if code == b"OK":
                    return answer
                if code not in (b"busy", b"over_quota"):
                    sys.exit(answer["error"]["message"])
                self.socket.poll(answer["error"].get("retry_after_ms", 500))
                break
        sys.exit(f"no answer from {self.endpoint}")


def main(source, requests="tcp://127.0.0.1:5555", events="tcp://127.0.0.1:5556"):
    context = zmq.Context()
    service = Service(context, requests)
    job = {"source": source, "idempotency_key": uuid.uuid4().hex, "labels": {"by": "submit.py"}}
    if source == "noop:":
        job["kind"] = "noop"
    id = service.ask("SUBMIT", job)["id"]
    print(id, flush=True)

    news = context.socket(zmq.SUB)
    identify(news)
    news.connect(events)
    news.subscribe(f"job.{id}.")
    while (state := service.ask("STATUS", {"id": id})["state"]) not in ENDS:
        # An event says when to look; in case one was missed, look now and then anyway.
        while news.poll(2_000):
            topic, _, body = news.recv_multipart()
            if topic.endswith(b".state"):
                break
            print(topic.decode(), body.decode(), flush=True)
    print(state)
    sys.exit(0 if state == "succeeded" else 1)


main(*sys.argv[1:])
