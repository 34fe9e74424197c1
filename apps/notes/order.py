"""Blocks of a note moved and duplicated by the buttons of the page without scripts.

A duplicate takes the intent of its block and nothing that was done, measured or seen: carry.CARRIED is the
list, the same as for what is brought from an earlier note.
"""

from __future__ import annotations

import uuid

from django.http import QueryDict

from . import carry

ROW = ("code", "one_on_one", "modifiers", "brought")
"""What a duplicate has besides the intent: which code it is, and which words came from an earlier note.

That somebody confirmed those words is not taken over: they are asked about again.
"""

DUPLICATED = (*ROW, *carry.CARRIED)


def with_buttons(data: QueryDict) -> None:
    """Turn `move_up`, `move_down` and `duplicate` (each a block's path) into order and fields."""
    rows = data.getlist("blocks")
    for name, step in (("move_up", -1), ("move_down", 1)):
        id = id_of(data.get(name, ""))
        # A removed block takes no place that anybody sees.
        shown = [row for row in rows if data.get(f"blocks.{row}.removed") != "1"]
        if id in shown and 0 <= (to := shown.index(id) + step) < len(shown):
            here, there = rows.index(id), rows.index(shown[to])
            rows.insert(there, rows.pop(here))
            data.setlist("blocks", rows)
    id = id_of(data.get("duplicate", ""))
    if id in rows:
        new = str(uuid.uuid4())
        rows.insert(rows.index(id) + 1, new)
        data.setlist("blocks", rows)
        for name in DUPLICATED:
            if values := data.getlist(f"blocks.{id}.{name}"):
                data.setlist(f"blocks.{new}.{name}", values)


def id_of(path: str) -> str:
    return path.removeprefix("blocks.")
