"""The programs that lay pages out: two at a time, bounded, ended when they hang, and charting never waits."""

import contextlib
import os
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from django.urls import reverse

from apps.exports import pdf, press, presses

PAGE = "<!doctype html><html lang=en><head><title>x</title></head><body><p>words</p></body></html>"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENTS_ROOT = tmp_path
    presses.end_all()
    yield
    presses.end_all()


def program(tmp_path, monkeypatch, body):
    """Puts another program in the press's place. Like that, it says that it is ready, and reads a page."""
    file = tmp_path / "program.py"
    frame = """
        import struct, sys, time
        def read():
            return sys.stdin.buffer.read(struct.unpack(">Q", sys.stdin.buffer.read(8))[0])
        sys.stdout.buffer.write(struct.pack(">Q", 5) + b"ready")
        sys.stdout.buffer.flush()
        read(), read()
    """
    file.write_text(textwrap.dedent(frame) + textwrap.dedent(body))
    monkeypatch.setattr(presses, "PROGRAM", (sys.executable, "-I", str(file)))


@pytest.mark.sqlite
@pytest.mark.pdf
def test_a_press_is_kept_for_the_next_page():
    assert presses.print_page(PAGE).startswith(b"%PDF-")
    (first,) = presses._presses.values()
    assert presses.print_page(PAGE) == presses.print_page(PAGE)
    assert list(presses._presses.values()) == [first]


@pytest.mark.sqlite
@pytest.mark.pdf
def test_a_press_that_ended_while_it_was_idle_is_replaced():
    presses.print_page(PAGE)
    (kept,) = presses._presses.values()
    kept.process.kill()
    kept.process.wait()
    assert presses.print_page(PAGE).startswith(b"%PDF-")


def test_a_hung_press_is_ended_and_the_place_is_free_again(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "time.sleep(600)")
    monkeypatch.setattr(presses, "MOST_SECONDS", 0.5)
    for _ in range(presses.AT_ONCE + 1):
        begun = time.monotonic()
        with pytest.raises(presses.Overdue):
            presses.print_page(PAGE)
        assert time.monotonic() - begun < 10
    assert not presses._presses


def test_unwatched_work_is_given_longer_by_the_clock(tmp_path, monkeypatch):
    slow = f"""
        time.sleep(1)
        for frame in ({press.OK!r}, b'{{"cpu": 0}}', b"%PDF-"):
            sys.stdout.buffer.write(struct.pack(">Q", len(frame)) + frame)
        sys.stdout.buffer.flush()
    """
    program(tmp_path, monkeypatch, slow)
    monkeypatch.setattr(presses, "MOST_SECONDS", 0.5)
    with pytest.raises(presses.Overdue):
        presses.print_page(PAGE)
    with presses.unwatched():
        assert presses.print_page(PAGE) == b"%PDF-"


def test_a_press_that_dies_of_a_page_gives_the_page_up(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "sys.exit(1)")
    with pytest.raises(presses.Overdue):
        presses.print_page(PAGE)


def in_the_press(code):
    """Runs a line as the press would, within its limits."""
    script = f"import runpy; press = runpy.run_path({press.__file__!r}); {code}"
    return subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, timeout=60)


def test_memory_is_bounded():
    ended = in_the_press("press['limit_memory'](); bytearray(2 * 1024**3)")
    assert b"MemoryError" in ended.stderr


def test_processor_time_is_bounded_and_counted_anew_for_each_page():
    code = "press['limit_cpu'].__globals__['MOST_CPU'] = 1; press['limit_cpu']()"
    ended = in_the_press(f"{code}\nwhile True: pass")
    assert ended.returncode == -24  # SIGXCPU
    busy = "import time\nwhile time.process_time() < {0}: pass\n"
    twice = in_the_press(f"{code}\n{busy.format(1.5)}press['limit_cpu']()\n{busy.format(2.4)}")
    assert twice.returncode == 0


def test_a_press_gets_no_environment_of_ours_and_no_database(tmp_path, monkeypatch):
    said = tmp_path / "said"
    program(
        tmp_path,
        monkeypatch,
        f"import os; open({str(said)!r}, 'w').write(repr((dict(os.environ), list(sys.modules))))",
    )
    monkeypatch.setenv("SECRET_KEY", "a secret of ours")
    with pytest.raises(presses.Overdue):
        presses.print_page(PAGE)
    assert "a secret of ours" not in said.read_text()
    assert "django" not in said.read_text()


def test_a_third_page_at_once_is_told_to_come_back(monkeypatch):
    monkeypatch.setattr(presses, "PATIENCE", 0.01)
    with presses._place(), presses._place(), pytest.raises(presses.Busy), presses._place():
        pass
    with presses._place():
        pass


def test_a_place_held_by_another_process_counts(settings, monkeypatch):
    monkeypatch.setattr(presses, "PATIENCE", 0.01)
    code = textwrap.dedent(f"""
        import fcntl, sys
        held = [open({str(settings.DOCUMENTS_ROOT)!r} + f"/locks/place-{{n}}", "ab") for n in range(2)]
        for file in held:
            fcntl.flock(file, fcntl.LOCK_EX)
        print("held", flush=True)
        sys.stdin.read()
    """)
    os.makedirs(settings.DOCUMENTS_ROOT / "locks")
    other = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    other.stdout.readline()
    with pytest.raises(presses.Busy), presses._place():
        pass
    other.kill()  # However its holder ends, the place is free.
    other.wait()
    with presses.unwatched(), presses._place():
        pass


def test_while_pages_hang_charting_goes_on_and_a_pdf_says_when_to_try_again(
    clinic, client, tmp_path, monkeypatch
):
    flag = tmp_path / "hangs"
    flag.touch()
    program(tmp_path, monkeypatch, f"import os\nwhile os.path.exists({str(flag)!r}): time.sleep(0.05)")
    monkeypatch.setattr(presses, "PATIENCE", 0.1)
    monkeypatch.setattr(pdf, "is_available", lambda: (True, ""))
    given_up = []

    monkeypatch.setattr(presses, "MOST_SECONDS_UNWATCHED", 300.0)

    def hang():
        # Unwatched, and so patient: looking whether both places are taken takes one of them now and then.
        try:
            with presses.unwatched():
                presses.print_page(PAGE)
        except presses.Overdue:
            given_up.append(1)

    hung = [threading.Thread(target=hang) for _ in range(presses.AT_ONCE)]
    for thread in hung:
        thread.start()
    with contextlib.suppress(presses.Busy):
        while all(thread.is_alive() for thread in hung):
            with presses._place():
                pass
            time.sleep(0.05)
    client.force_login(clinic.tess)
    note = clinic.draft_by(clinic.tess)
    for name, arguments in (("today", []), ("note", [note.pk]), ("note-sign", [note.pk])):
        assert client.get(reverse(name, args=arguments)).status_code == 200
    answer = client.get(reverse("note-pdf", args=[note.pk]))
    assert answer.status_code == 503 and answer["Retry-After"]
    assert all(thread.is_alive() for thread in hung), "the pages hang while the others are answered"
    flag.unlink()
    for thread in hung:
        thread.join()
    assert len(given_up) == presses.AT_ONCE


def test_whoever_comes_when_too_many_wait_is_told_at_once_and_nothing_is_begun(clinic, client, monkeypatch):
    begun = []
    monkeypatch.setattr(pdf, "is_available", lambda: (True, ""))
    monkeypatch.setattr(pdf, "print_page", lambda *_, **__: begun.append(1))
    client.force_login(clinic.tess)
    draft, signed = clinic.draft_by(clinic.tess), clinic.note_signed_by(clinic.tess)
    full, enough = threading.Barrier(presses.MOST_IN_LINE + 1), threading.Event()

    def wait_in_line():
        with presses.in_line(), presses.in_line():  # one place, however often it is asked for on the way
            full.wait()
            enough.wait()

    waiting = [threading.Thread(target=wait_in_line) for _ in range(presses.MOST_IN_LINE)]
    for thread in waiting:
        thread.start()
    full.wait()
    try:
        for note in (draft, signed):
            answer = client.get(reverse("note-pdf", args=[note.pk]))
            assert answer.status_code == 503 and answer["Retry-After"]
        with presses.unwatched(), presses.in_line():
            pass  # work that nobody waits for at a screen has patience
    finally:
        enough.set()
        for thread in waiting:
            thread.join()
    assert not begun
    with presses.in_line():
        pass


def test_a_page_given_up_says_so_and_offers_the_print_view(clinic, client, monkeypatch):
    def overdue(*arguments, **named):
        raise pdf.Overdue

    monkeypatch.setattr(pdf, "is_available", lambda: (True, ""))
    monkeypatch.setattr(pdf, "print_page", overdue)
    client.force_login(clinic.tess)
    note = clinic.draft_by(clinic.tess)
    answer = client.get(reverse("note-pdf", args=[note.pk]))
    assert answer.status_code == 503
    assert "took too long" in answer.content.decode()
    assert reverse("note-print", args=[note.pk]) in answer.content.decode()
