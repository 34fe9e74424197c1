"""Bad requests by the thousand, over every address and every role: none may be answered with a 5xx.

    make fuzz                              20,000 on SQLite and as many on PostgreSQL
    FUZZ_SEED=7 FUZZ_REQUESTS=500 pytest tests/test_fuzz.py

Seeded, so that what was found can be had again. The addresses and who gets in come from the table of
test_access.py; the fields come from the forms that the pages show, and from what the code reads. Each
request is undone. `main` runs both databases and says how many requests were sent.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PIECES = [
    "", " ", "\x00", "a\x00b", "٣", "1_5", "-3", "999", "1e3", "0", "1", "12:30", "25:61", "2026-11-20",
    "1850-01-01", "02/30/2026", "9999-12-31", "true", "on", "null", "{}", "[]", '{"a":' * 40, "'", '"',
    "<script>alert(1)</script>", "{{ 7 }}", "%s", "%00", "\\", "../../etc/passwd", "🙂", "e\u0301", "\u202e",
    "\ufeff", "\r\n", "\t", "PT", "97112", "x" * 300, "x" * 9000, "9" * 400, "1" + "0" * 30, "-0", "NaN",
    "Infinity", "0x10", "1,5", "１２", "therapist", "a@b.c", "_connector", "id__gt", "pk",
    "-id; DROP TABLE x", "newest", "csv", "00000000-0000-0000-0000-000000000000",
]  # fmt: skip
QUERY = ["page", "q", "on", "whose", "start", "end", "sort", "as", "kind", "person", "next", "part", "from"]

# What the code reads from a request by name, and the fields that its forms declare.
READ = re.compile(r'(?:POST|GET)(?:\.get|\.getlist)?[(\[]"([\w.-]+)"')
DECLARED = re.compile(r"^    (\w+) = (?:forms\.|[A-Z]\w+\()", re.M)


class Forms(HTMLParser):
    """Each form of a page: where it leads, and its names with the values that they have."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form":
            self.found.append((has.get("action") or "", {}))
        elif self.found and has.get("name") and tag in ("input", "select", "textarea", "button"):
            self.found[-1][1].setdefault(has["name"], has.get("value") or "")
        elif self.found and tag == "option" and "selected" in has and self.found[-1][1]:
            self.found[-1][1][list(self.found[-1][1])[-1]] = has.get("value") or ""


def names_in_the_code() -> list[str]:
    text = "\n".join(path.read_text() for path in sorted((ROOT / "apps").rglob("*.py")))
    return sorted({*READ.findall(text), *DECLARED.findall(text)})


class Fuzzer:
    """Sends bad requests for the people of the demo clinic."""

    def __init__(self, *, rows, path_of, people, allowed, session_of, cookie, ids, seed):
        from django.test import Client

        self.client_class, self.cookie = Client, cookie
        self.rows, self.path_of, self.people, self.allowed = rows, path_of, people, allowed
        self.session_of, self.ids = session_of, ids
        self.chance, self.seed = random.Random(seed), seed
        self.names, self.forms = names_in_the_code(), {}
        self.counted: Counter[int] = Counter()
        self.failures: list[str] = []
        self.sent = 0

    # --- What is sent ---------------------------------------------------------------------------------------

    def word(self) -> str:
        if self.chance.random() < 0.2:
            return self.chance.choice(self.ids)
        return "".join(self.chance.choices(PIECES, k=self.chance.choice((1, 1, 1, 2))))

    def fields(self, path: str) -> dict[str, list]:
        """A form as the page shows it with some fields spoilt, or names that the code reads."""
        known = self.forms.get(path, {})
        data = {name: [value] for name, value in known.items()} if self.chance.random() < 0.6 else {}
        names = [*known] * 3 or self.names
        for _ in range(self.chance.randint(1, 6)):
            name = self.chance.choice(names if self.chance.random() < 0.8 else self.names)
            data[name] = [self.word() for _ in range(self.chance.choice((1, 1, 1, 3)))]
        return data

    def body(self, path: str) -> tuple[bytes, str]:
        """Bytes and a content type: mostly a form, sometimes a file in it, sometimes nothing that fits."""
        from urllib.parse import urlencode

        data, kind = self.fields(path), self.chance.random()
        if kind < 0.7:
            return urlencode(data, doseq=True).encode(), "application/x-www-form-urlencoded"
        if kind < 0.9:
            # No browser says so, but a part may name an encoding that holds lone surrogates.
            charset = self.chance.choice(
                ("utf-8", "utf-8", "latin-1", "unicode_escape", "utf-16", "nonsense")
            )
            parts = []
            for name, values in data.items():
                file = '; filename="a\\x00.pdf"' if self.chance.random() < 0.15 else ""
                head = f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
                parts += [f"{head}{value}\r\n" for value in values]
            text = "".join(parts) + ("--b--\r\n" if self.chance.random() < 0.9 else "")
            coding = "unicode_escape" if charset == "unicode_escape" else "utf-8"
            body = text.encode(coding, "replace")
            body = body.replace(b"\\r\\n", b"\r\n") + (b"\\ud800" if coding != "utf-8" else b"")
            return body, f"multipart/form-data; boundary=b; charset={charset}"
        if kind < 0.95:
            return json.dumps(data).encode(), "application/json"
        return bytes(self.chance.randbytes(200)), self.chance.choice(
            ("application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "text/plain", "a\\b", "")
        )

    def headers(self) -> dict[str, str]:
        headers = {}
        if self.chance.random() < 0.5:
            headers["HX-Request"] = "true"
        if self.chance.random() < 0.1:
            headers[
                self.chance.choice(("HX-Target", "HX-Trigger", "HX-Current-URL", "Midline-Input", "Range"))
            ] = self.chance.choice(("1", "bytes=9-1", "http://[", "%E0%A4%A", "x" * 2000))
        if self.chance.random() < 0.05:
            headers["Accept-Language"] = self.chance.choice(("*;q=x", "de-" * 200, "\u00e9"))
        return headers

    def request(self):
        """Who, how, and where to."""
        from urllib.parse import quote, urlencode

        address, of, get, post = self.chance.choice(self.rows)
        path = self.path_of(address, of)
        may = sorted(set(self.people) & (self.allowed(get) | self.allowed(post))) or sorted(self.people)
        person = self.chance.choice(
            may if self.chance.random() < 0.9 else [*sorted(self.people), "anonymous"]
        )
        offered = [method for method, cell in (("GET", get), ("POST", post)) if cell != "not-offered"]
        method = self.chance.choice(offered * 6 + ["HEAD", "OPTIONS", "PUT"])
        if self.chance.random() < 0.03:
            path = "/".join(("", quote(self.word(), safe="%")[:3000], *path.split("/")[2:]))
        if self.chance.random() < (0.7 if method == "GET" else 0.1):
            names = self.chance.choices(
                QUERY + self.names, weights=[9] * len(QUERY) + [1] * len(self.names), k=3
            )
            path += "?" + urlencode([(name, self.word()[:3000]) for name in names])
            if self.chance.random() < 0.05:
                path += "&q=%ff%fe&page=%ED%A0%80"
        return person, method, path

    # --- Sending it -----------------------------------------------------------------------------------------

    def learn(self) -> None:
        """Open every page once, as somebody who may, and remember its forms and where they lead."""
        for address, of, get, _ in self.rows:
            who = (
                "anonymous"
                if get == "anybody"
                else next(iter(sorted(self.allowed(get) & set(self.people))), "")
            )
            if get in ("not-offered", "nobody") or not who:
                continue
            path = self.path_of(address, of)
            answer = self.send(who, "GET", path, b"", "", {})
            kind = answer.get("Content-Type", "")
            if answer.status_code != 200 or answer.streaming or "html" not in kind:
                continue
            for action, names in Forms(answer.content.decode(errors="replace")).found:
                self.forms.setdefault(action or path, {}).update(names)

    def send(self, person, method, path, body, content_type, headers):
        from django.db import transaction

        client = self.client_class(raise_request_exception=False)
        if person != "anonymous":
            client.cookies = SimpleCookie({self.cookie: self.session_of(person)})
        before = transaction.savepoint()
        try:
            return client.generic(method, path, body, content_type, headers=headers)
        finally:
            transaction.savepoint_rollback(before)

    def run(self, requests: int) -> None:
        self.learn()
        for _ in range(requests):
            person, method, path = self.request()
            body, kind = self.body(path.split("?")[0]) if method in ("POST", "PUT") else (b"", "")
            answer = self.send(person, method, path, body, kind, self.headers())
            if answer.streaming:
                list(answer.streaming_content)  # a file that fails half-way fails here
            self.sent += 1
            self.counted[answer.status_code] += 1
            if answer.status_code >= 500:
                said = (
                    f"{self.sent}: {answer.status_code} {person} {method} {path[:300]} {kind} {body[:1500]!r}"
                )
                self.failures.append(f"seed {self.seed}, request {said}")


# --- Both databases -----------------------------------------------------------------------------------


def main(requests: int) -> int:
    """Ask bin/test, which has both databases, and count what was really sent."""
    failed = False
    for only, name in (("sqlite", "SQLite"), ("postgres", "PostgreSQL")):
        with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as report:
            told = {"FUZZ_REQUESTS": str(requests), "FUZZ_REPORT": report.name}
            done = subprocess.run(
                # A thousand requests may take longer than any one test of the suite should.
                ["bin/test", "--only", only, "-o", "faulthandler_timeout=0", "tests/test_fuzz.py"],
                cwd=ROOT,
                env={**os.environ, **told},
                capture_output=True,
                text=True,
            )
            parts = [json.loads(line) for line in report.read().splitlines()]
        sent, failures = (
            sum(part["sent"] for part in parts),
            [one for part in parts for one in part["failures"]],
        )
        statuses = sum((Counter(part["statuses"]) for part in parts), Counter())
        sys.stdout.write(f"{name}: {sent} requests sent, {len(failures)} failed; {dict(statuses)}\n")
        sys.stdout.write("".join(f"  {one}\n" for one in failures[:50]))
        sys.stdout.flush()
        if done.returncode or failures or sent < requests:
            failed = True
            if not failures:
                sys.stdout.write(done.stdout[-3000:] + done.stderr[-1000:])
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(int(os.environ.get("FUZZ_REQUESTS", "20000"))))
