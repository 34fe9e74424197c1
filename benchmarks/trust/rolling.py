"""R13: a release while people save. Of two web processes one after the other is told to stop, ends, and is
started anew, while the other serves: `bin/serve` as it is, with the seconds of DRAIN that compose gives it.

In front of them is Caddy with docker/Caddyfile, where there is one on this machine (`apt-get install caddy`,
or CADDY=path). Where there is none, a stand-in in this trial does two of the things that Caddy does: it asks
/readyz every half second, and gives requests to who is ready. The report says which of both it was. No save
may fail, in the words of served.py; what a page would have had to send again is counted too.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from apps.demo import world

from . import Counted, servers
from .served import Room

ROOT = Path(__file__).resolve().parent.parent.parent
DRAIN = 6
"""As in docker-compose.yml."""
LONGEST_START = 120
LEAST_RELEASES = 2


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Web:
    """One web process: `bin/serve` on a port that stays its own."""

    def __init__(self, address: str, folder: str):
        self.port, self.log = free_port(), Path(folder) / f"web-{free_port()}.log"
        self.settings = {
            "DATABASE_URL": address,
            "DEBUG": "",
            "MIDLINE_DEMO": "on",  # its clinic is the demo's
            "ALLOWED_HOSTS": "localhost",
            "BEHIND_PROXY": "on",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WORK": "off",
            "DRAIN": str(DRAIN),
        }

    def start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                ["bin/serve"], cwd=ROOT, env={**os.environ, **self.settings}, stdout=log, stderr=log
            )
        until = time.monotonic() + LONGEST_START
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"bin/serve did not start: {self.log.read_text()[-1500:]}")
            time.sleep(0.2)

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            connection.request("GET", "/readyz", headers=StandIn.headers)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)


class Caddy:
    """The proxy of docker-compose.yml, with its own file, on a port of this machine."""

    keeps = True

    def __init__(self, program: str, both: list[Web], folder: str):
        self.port = free_port()
        self.headers = {"Origin": f"https://localhost:{self.port}"}
        version = subprocess.run([program, "version"], capture_output=True, text=True).stdout
        self.name = f"Caddy {version.split()[0]}, docker/Caddyfile"
        file = Path(folder) / "Caddyfile"
        # Of a trial, not of a clinic: no port 80, no certificate that this machine would trust.
        aside = (
            f"admin off\nauto_https disable_redirects\nskip_install_trust\nstorage file_system {folder}/caddy"
        )
        file.write_text(f"{{\n{aside}\n}}\nimport {ROOT}/docker/Caddyfile\n")
        given = {
            "SERVER_NAME": f"localhost:{self.port}",
            "UPSTREAMS": " ".join(f"127.0.0.1:{web.port}" for web in both),
        }
        with (Path(folder) / "caddy.log").open("w") as log:
            command = [program, "run", "--config", str(file), "--adapter", "caddyfile"]
            self.process = subprocess.Popen(command, env={**os.environ, **given}, stdout=log, stderr=log)
        self.unknown = ssl._create_unverified_context()  # the certificate is one of this minute

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPSConnection("localhost", self.port, timeout=30, context=self.unknown)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


class StandIn:
    """In the place of a proxy that this machine does not have: who is ready gets the next request."""

    keeps = False
    headers = {"Host": "localhost", "Origin": "https://localhost", "X-Forwarded-Proto": "https"}
    name = "a stand-in of the trial, no proxy"

    def __init__(self, both: list[Web]):
        self.both, self.ready, self.is_over = both, list(both), threading.Event()
        self.turns = itertools.count()
        self.asks = threading.Thread(target=self.ask)
        self.asks.start()

    def ask(self) -> None:
        while not self.is_over.wait(0.5):
            self.ready = [web for web in self.both if web.is_ready()] or self.both

    def connect(self) -> http.client.HTTPConnection:
        ready = self.ready
        return http.client.HTTPConnection("127.0.0.1", ready[next(self.turns) % len(ready)].port, timeout=20)

    def stop(self) -> None:
        self.is_over.set()
        self.asks.join()


@contextlib.contextmanager
def served(address: str) -> Iterator[tuple[list[Web], Caddy | StandIn]]:
    """Two web processes and what is in front of them; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="midline-rolling-") as folder, contextlib.ExitStack() as stack:
        collected = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        both = [Web(address, folder) for _ in range(2)]
        as_served = {**os.environ, **both[0].settings}  # by their hashed names, as an image has them
        subprocess.run(collected, cwd=ROOT, check=True, env=as_served, stdout=subprocess.DEVNULL)
        for web in both:
            web.start()
            stack.callback(web.stop)
        program = os.environ.get("CADDY") or shutil.which("caddy")
        front = Caddy(program, both, folder) if program else StandIn(both)
        stack.callback(front.stop)
        time.sleep(2)  # a proxy asks everybody once before it knows
        yield both, front


def run(clinic: world.World, size: int, dice: random.Random) -> Counted:
    counted, room = Counted(), Room(clinic, size)
    address = servers.as_a_clinic_has_it(os.environ["DATABASE_URL"])
    longest = 0.0
    with served(address) as (both, front):
        with room.saving(front):
            turns = itertools.cycle(both)
            while not any(each.failed for each in room.people):
                if room.has_enough() and counted.faults >= LEAST_RELEASES:
                    break
                time.sleep(dice.uniform(0.5, 1.5))
                web, begun = next(turns), time.monotonic()
                web.stop()
                longest = max(longest, time.monotonic() - begun)
                web.start()
                counted.faults += 1
        if any(each.failed for each in room.people):
            for log in (*(web.log for web in both), both[0].log.with_name("caddy.log")):
                sys.stderr.write(log.read_text()[-3000:] if log.exists() else "")
        counted.figures = {"front": front.name, "processes replaced": counted.faults}
        counted.figures |= {"seconds to stop, at most": round(longest, 1)}
    room.told(counted)
    return counted
