"""Reads an address of a broker and prints each message as a line of JSON: consumer.py URL ADDRESS."""
import json
import sys

from proton.handlers import MessagingHandler
from proton.reactor import Container


class Consumer(MessagingHandler):
    def __init__(self, url, address):
        super().__init__()
        self.url = url
        self.address = address

    def on_start(self, event):
        connection = event.container.connect(self.url, allowed_mechs="PLAIN", sasl_enabled=True, allow_insecure_mechs=True)
        event.container.create_receiver(connection, self.address)

    def on_link_opened(self, event):
        print("attached", flush=True)

    def on_message(self, event):
        message = event.message
        print(json.dumps({
            "content_type": str(message.content_type),
            "device": (message.properties or {}).get("device_id"),
            "body": bytes(message.body).decode("utf-8"),
        }), flush=True)


Container(Consumer(sys.argv[1], sys.argv[2])).run()
