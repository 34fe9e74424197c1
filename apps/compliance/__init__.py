"""What a good 97112 note needs, as pure rules over plain facts.

Standard library only. Nothing here knows Django, a database, a request or the
clock: `review(facts)` gives the same answer for the same facts for ever.
Start reading at `rules/__init__.py`, the catalogue.
"""
