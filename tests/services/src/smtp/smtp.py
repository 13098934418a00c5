# An SMTP server on a free loopback port that keeps what it is given. Obeys its test on stdin, a line a word: all that came
# (as JSON), refuse an address from now on. Gone when the pipe is.
import email
import email.policy
import json
import socket
import sys

from aiosmtpd.controller import Controller


class Kept:
    def __init__(self):
        self.messages = []
        self.refused = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append(
            {
                "to": envelope.rcpt_tos,
                "id": str(message["Message-ID"]),
                "subject": str(message["Subject"]),
                "body": message.get_content(),
            }
        )
        return "250 OK"


kept = Kept()
controller = Controller(kept, hostname="127.0.0.1", port=0)


def port():
    return controller.server.sockets[0].getsockname()[1]


def look():
    # Port 0 is chosen by the system; the controller's own look at whether it listens asks for the port it was given.
    with socket.create_connection(("127.0.0.1", port()), 5) as connection:
        connection.recv(64)


controller._trigger_server = look
controller.start()
print(port(), flush=True)
for line in sys.stdin:
    word, _, rest = line.strip().partition(" ")
    if word == "refuse":
        kept.refused.add(rest)
        print("ready", flush=True)
    else:
        print(json.dumps(kept.messages), flush=True)
controller.stop()
