"""An AMQP 1.0 peer that accepts everything and prints each message as a line of JSON: listener.py PORT [reject [ADDRESS]]."""
import json
import sys

from proton.handlers import MessagingHandler
from proton.reactor import Container


def describe(message, address):
    return json.dumps({
        "address": address,
        "durable": message.durable,
        "ttl": message.ttl,
        "id": message.id,
        "to": message.address,
        "content_type": str(message.content_type),
        "creation_time": message.creation_time,
        "properties": {key: [type(value).__name__, value] for key, value in (message.properties or {}).items()},
        "annotations": {str(key): value for key, value in (message.annotations or {}).items()},
        "body_type": type(message.body).__name__,
        "body": bytes(message.body).decode("utf-8"),
    })


class Listener(MessagingHandler):
    def __init__(self, port, rejects, address):
        super().__init__(auto_accept=False)
        self.port = port
        self.rejects = rejects
        self.address = address

    def on_start(self, event):
        event.container.listen(f"127.0.0.1:{self.port}")
        print("listening", flush=True)

    def on_link_opening(self, event):
        event.link.target.copy(event.link.remote_target)
        event.link.snd_settle_mode = event.link.remote_snd_settle_mode

    def on_message(self, event):
        if event.delivery.settled:
            print("settled", flush=True)
        if self.rejects and self.address in (None, event.link.target.address):
            self.reject(event.delivery)
            print("rejected", flush=True)
            return
        self.accept(event.delivery)
        print(describe(event.message, event.link.target.address), flush=True)


Container(Listener(int(sys.argv[1]), len(sys.argv) > 2, sys.argv[3] if len(sys.argv) > 3 else None)).run()
