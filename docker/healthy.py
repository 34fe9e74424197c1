"""Asks the web process here whether it is up: /healthz, which asks the database too; or /readyz."""

import http.client
import os
import sys

asked = sys.argv[1] if sys.argv[1:] else "/healthz"
host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
try:
    connection.request("GET", asked, headers={"Host": host, "X-Forwarded-Proto": "https"})
    sys.exit(connection.getresponse().status >= 500)
except OSError as error:
    sys.exit(f"No answer: {error}")
