"""Copies of the whole record: made while the clinic charts, put back into an empty place, moved elsewhere.

No models and no pages; the commands are backup, restore and move_database. docs/backup.md is written for
whoever runs them.
"""
