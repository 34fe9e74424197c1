"""What joining a packet takes: time and peak memory for 1, 100 and 500 notes, made of copies of one PDF.

    .venv/bin/python benchmarks/packet.py

Each size runs in a process of its own, because a process never gives its peak back. It measures reading,
stamping and joining stored pages; drawing the packet's own pages and asking the database are not in it
(`benchmarks/packet_record.py` has them). Beside it stands the floor: the same files read and merged by
pikepdf without a stamp, a bookmark, a label or a link.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1, 100, 500)


def join(source: str, count: int) -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DEBUG", "on")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from pikepdf import Pdf

    from apps.exports.packets import assemble

    with Pdf.open(source) as one:
        pages = len(one.pages)
    pieces = assemble.numbered(
        assemble.Piece(
            number, "treatment", "Treatment notes", f"Note {number}", Path(source), pages, "0" * 64
        )
        for number in range(1, count + 1)
    )
    (part,) = assemble.parted(pieces, most_pages=None, most_bytes=None)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.pdf"
        start, cpu = time.perf_counter(), time.process_time()
        assemble.write(part, out, assemble.Sheet("P-", pieces[-1].last), lambda _: None)
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = out.stat().st_size / 1024 / 1024
        print(
            f"{count:4d} notes, {pieces[-1].last:5d} pages: {wall:5.1f} s wall, {cpu:5.1f} s CPU, "
            f"peak {peak:4.0f} MB, file {size:5.1f} MB"
        )


def merge(source: str, count: int) -> None:
    """The floor: what no packet of these pages can be quicker than."""
    from pikepdf import Pdf

    with tempfile.TemporaryDirectory() as folder:
        start, cpu = time.perf_counter(), time.process_time()
        with Pdf.new() as whole:
            for _ in range(count):
                with Pdf.open(source) as one:
                    whole.pages.extend(one.pages)
            whole.save(Path(folder) / "out.pdf")
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"     read and merged alone:  {wall:5.1f} s wall, {cpu:5.1f} s CPU, peak {peak:4.0f} MB")


def main() -> None:
    if len(sys.argv) == 3:
        join(sys.argv[1], int(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "note.pdf"
        subprocess.run([sys.executable, __file__, "note", str(source), "make"], check=True)
        for count in SIZES:
            subprocess.run([sys.executable, __file__, str(source), str(count)], check=True)
            subprocess.run([sys.executable, __file__, "floor", str(source), str(count)], check=True)


def make(path: str) -> None:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DEBUG", "on")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from apps.exports import pdf

    words = "<p>One line of a page that is laid out as a note is.</p>" * 120
    html = f"<!doctype html><html lang='en'><head><title>Note</title></head><body>{words}</body></html>"
    Path(path).write_bytes(pdf.page_pdf(html, ""))


if __name__ == "__main__":
    if sys.argv[1:2] == ["floor"]:
        merge(sys.argv[2], int(sys.argv[3]))
    elif len(sys.argv) == 4:
        make(sys.argv[2])
    else:
        main()
