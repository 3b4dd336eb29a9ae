#!/usr/bin/env bash
# REST: publish, read the log, and follow it as server-sent events from an offset on.
set -euo pipefail
server=${1:-http://127.0.0.1:8080}
channel=$server/channels/samples/curl

publish() { curl -sSf -H 'Content-Type: application/json' -d "$1" "$channel"; echo; }

publish '{"text":"Hello from curl"}'
publish '{"text":"Bye"}'

echo "-- the log"
curl -sSf "$channel?after=0&limit=1" | grep -o '"data":{[^}]*}'

echo "-- the stream after offset 1, up to the first message"
# grep ends with the first match, and curl with its reader.
curl -sSN -H 'Accept: text/event-stream' -H 'Last-Event-ID: 1' "$channel" 2>/dev/null | grep -m 1 '^data:' || true
