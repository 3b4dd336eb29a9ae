#!/usr/bin/env bash
# A device that speaks SmartREST 1.0: it registers its templates once, reports an alarm with a row, waits for operations over the
# real-time endpoint, and answers one.
set -euo pipefail
server=${1:-http://127.0.0.1:8080}
device=${2:-7}
templates=samples-device

rows() { # rows PATH: posts rows from the standard input, and prints those of the answer
  curl -sSf -H "X-Id: $templates" --data-binary @- "$server$1" | tr -d '\r'
}

# 10: a request for each of the device's rows; 11: what makes a row of an answer or notification.
register() {
  rows /s <<'ROWS'
10,100,POST,/channels/alarms/%%,application/json,,%%,UNSIGNED STRING,"{""severity"":""%%""}"
10,101,POST,/channels/operations/%%,application/json,,%%,UNSIGNED STRING,"{""realtimeAction"":""CREATE"",""data"":{""restart"":""%%""}}"
11,200,,$.restart,$.restart
ROWS
}

# A set that is there already answers 20 with its number.
if [[ $(: | rows /s) != 20,* ]]; then register > /dev/null; fi

echo "100,$device,MAJOR" | rows /s
echo "alarm reported"

session=$(echo 80 | rows /notification/operations)
echo "81,$session,/$device" | rows /notification/operations
echo "83,$session" | rows /notification/operations # the first poll answers at once

# Somebody asks the device to restart, while it polls.
(echo "101,$device,now" | rows /s > /dev/null) &
row=
while [[ $row != 200,* ]]; do
  row=$(echo "83,$session" | rows /notification/operations | grep '^200' || true)
done
echo "operation: $row"
echo "84,$session" | rows /notification/operations
