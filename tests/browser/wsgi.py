"""What the browser tests' granian loads: Midline, on the afternoon of serving.TODAY."""

from __future__ import annotations

import datetime as dt
import threading
import time

from config.wsgi import application as midline

from .serving import NOW

STARTED = time.monotonic()
TURN = threading.Lock()


def application(environ, start_response):
    """The clock runs, from the same moment in each run: no test changes its mind at midnight."""
    from apps.audit import clock

    with TURN:
        clock.set_to(NOW + dt.timedelta(seconds=time.monotonic() - STARTED))
    return midline(environ, start_response)
