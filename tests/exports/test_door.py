"""The door to the PDFs: who comes when it is full is told at once, and asked nothing."""

import threading
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.urls import reverse

from apps.exports import presses
from config import door


class Rooms:
    """What lies behind the door: each request stays until it is let go."""

    def __init__(self):
        self.came, self.go = threading.Semaphore(0), threading.Event()

    def __call__(self, request):
        self.came.release()
        assert self.go.wait(30)
        return HttpResponse("made")


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["note-pdf", "plan-pdf"])
def test_whoever_comes_when_it_is_full_is_told_to_come_back_without_a_question_to_the_database(rf, name):
    rooms = Rooms()
    at_the_door = door.Door(rooms)
    answers = []

    def ask():
        answers.append(at_the_door(rf.get(reverse(name, args=[uuid4()]))))

    inside = [threading.Thread(target=ask) for _ in range(door.MOST_INSIDE)]
    for thread in inside:
        thread.start()
    for _ in inside:
        assert rooms.came.acquire(timeout=30)
    refused = at_the_door(rf.get(reverse(name, args=[uuid4()])))  # no mark db: a query would be an error
    assert (refused.status_code, refused["Retry-After"]) == (503, str(presses.SECONDS_TO_WAIT))
    assert "Many PDFs are being made" in refused.content.decode()
    rooms.go.set()
    # What is no PDF passes at any time.
    assert at_the_door(rf.get(reverse("note-print", args=[uuid4()]))).content == b"made"
    for thread in inside:
        thread.join()
    assert [answer.content for answer in answers] == [b"made"] * door.MOST_INSIDE
    assert at_the_door(rf.get(reverse(name, args=[uuid4()]))).content == b"made"


@pytest.mark.sqlite
def test_a_place_is_given_back_when_what_is_behind_the_door_fails(rf):
    def breaks(request):
        raise ValueError

    at_the_door = door.Door(breaks)
    for _ in range(door.MOST_INSIDE + 1):
        with pytest.raises(ValueError):
            at_the_door(rf.get(reverse("note-pdf", args=[uuid4()])))


@pytest.mark.sqlite
def test_there_is_room_for_all_who_wait_for_a_press_and_for_one_who_reads_what_is_stored():
    assert door.MOST_INSIDE > presses.MOST_IN_LINE
