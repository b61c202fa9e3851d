"""A target of webhooks that shares no code with the service.

Usage: webhook_receiver.py STATUS REFUSALS COUNT SECRET...

Prints its port; answers STATUS to the first REFUSALS letters. Of the others it prints "type id tenant 0,?": of each
signature, in order, which of the secrets gives it, or "?". Ends after COUNT of them."""

import base64
import hashlib
import hmac
import http.server
import json
import sys
import time

status, refusals, count = (int(word) for word in sys.argv[1:4])
secrets = sys.argv[4:]


def signature_by(secret, signed):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Receiver(http.server.BaseHTTPRequestHandler):
    letters = 0
    refused = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        number, sent_at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        refuses = Receiver.refused < refusals
        self.send_response(status if refuses else 204)
        self.end_headers()
        if refuses:
            Receiver.refused += 1
            return
        known = [signature_by(secret, f"{number}.{sent_at}.".encode() + body) for secret in secrets]
        given = self.headers["webhook-signature"].split(" ")
        which = ",".join(str(known.index(one)) if one in known else "?" for one in given)
        late = "" if abs(int(sent_at) - time.time()) < 60 else " at a wrong time"
        letter = json.loads(body)
        Receiver.letters += 1
        print(f"{letter['type']} {letter['data']['id']} {letter['data']['tenant']} {which}{late}", flush=True)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
server.timeout = 1
print(server.server_port, flush=True)
end = time.monotonic() + 180
while Receiver.letters < count and time.monotonic() < end:
    server.handle_request()
