#!/usr/bin/env python3
"""Bayeux over long polls with nothing but the standard library."""
import json
import sys
import time
import urllib.request

SERVER = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"


class Client:
    """One session. A lost connection is tried again with the same session; an unknown session begins anew."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.client_id = None
        self.channels = []
        self.batch = 0

    def send(self, *messages):
        """Posts messages, and gives what the server answers."""
        for message in messages:
            if self.client_id:
                message["clientId"] = self.client_id
        request = urllib.request.Request(
            self.endpoint, json.dumps(messages).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def handshake(self):
        self.client_id = None
        (reply,) = self.send({
            "channel": "/meta/handshake", "version": "1.0", "supportedConnectionTypes": ["long-polling"], "ext": {"ack": True}})
        if not reply["successful"]:
            raise PermissionError(reply["error"])
        self.client_id, self.batch = reply["clientId"], 0
        for channel in self.channels:
            self.subscribe(channel)

    def subscribe(self, channel):
        (reply,) = self.send({"channel": "/meta/subscribe", "subscription": channel})
        if not reply["successful"]:
            raise PermissionError(reply["error"])
        if channel not in self.channels:
            self.channels.append(channel)

    def publish(self, channel, data):
        """Returns when the server has stored it."""
        (reply,) = self.send({"channel": channel, "data": data})
        if not reply["successful"]:
            raise PermissionError(reply["error"])

    def messages(self):
        """Messages as they come, without end."""
        while True:
            try:
                answer = self.send({
                    "channel": "/meta/connect", "connectionType": "long-polling", "ext": {"ack": self.batch}})
            except OSError:
                time.sleep(1)
                continue
            yield from (message for message in answer if "data" in message)
            reply = next(message for message in answer if message["channel"] == "/meta/connect")
            self.batch = reply.get("ext", {}).get("ack", self.batch)
            advice = reply.get("advice", {})
            if advice.get("reconnect") == "none":
                return
            time.sleep(advice.get("interval", 0) / 1000)
            if advice.get("reconnect") == "handshake":
                self.handshake()

    def disconnect(self):
        self.send({"channel": "/meta/disconnect"})


def main():
    client = Client(f"{SERVER}/cometd")
    client.handshake()
    client.subscribe("/samples/python/*")
    client.publish("/samples/python/hello", {"text": "Hello from Python"})
    for message in client.messages():
        print(message["channel"], json.dumps(message["data"]))
        break
    client.disconnect()


if __name__ == "__main__":
    main()
