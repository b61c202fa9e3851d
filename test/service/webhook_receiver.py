"""A target of webhooks that shares no code with the service. Usage: webhook_receiver.py SECRET_FILE COUNT

Prints its port; refuses the first letter with 503; verifies the others and prints "type cause"; ends after
COUNT of them."""

import base64
import hashlib
import hmac
import http.server
import json
import sys
import time


class Receiver(http.server.BaseHTTPRequestHandler):
    letters = []
    refused = set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        number, sent_at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        first = not self.refused
        self.refused.add(number)
        self.send_response(503 if first else 204)
        self.end_headers()
        if first:
            return
        secret = base64.b64decode(open(sys.argv[1]).read().strip().removeprefix("whsec_"))
        signed = f"{number}.{sent_at}.".encode() + body
        mac = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
        right = self.headers["webhook-signature"] == f"v1,{mac}" and abs(int(sent_at) - time.time()) < 60
        letter = json.loads(body)
        line = f"{letter['type']} {letter['data']['id']}" if right else "a wrong signature"
        self.letters.append(line)
        print(line, flush=True)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
server.timeout = 1
print(server.server_port, flush=True)
end = time.monotonic() + 60
while len(Receiver.letters) < int(sys.argv[2]) and time.monotonic() < end:
    server.handle_request()
