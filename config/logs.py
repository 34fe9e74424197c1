"""How a failure is written to the console: where it happened, and never what was in the values."""

import logging
import traceback

from pythonjsonlogger.json import JsonFormatter


class WithoutValues(logging.Formatter):
    """Prints a traceback's places and the exception's type, but not its message.

    A database quotes the row that it refused ("Key (mrn)=(…) already exists"), and a parser quotes the text
    that it could not read. Those are words about patients, and not everybody who reads a log may read charts.
    """

    def format(self, record):
        # Another handler may have left its own text of the exception in the record, values and all.
        kept, record.exc_text = record.exc_text, None
        try:
            return super().format(record)
        finally:
            record.exc_text = kept

    def formatException(self, ei):
        kind, error, places = ei
        lines = ["".join(traceback.format_tb(places)), self._name(kind)]
        seen = {id(error)}
        cause = error and (error.__cause__ or error.__context__)
        while cause is not None and id(cause) not in seen:
            seen.add(id(cause))
            lines.append(f"  after {self._name(type(cause))}")
            cause = cause.__cause__ or cause.__context__
        return "\n".join(lines)

    @staticmethod
    def _name(kind):
        return f"{kind.__module__}.{kind.__qualname__} (its message is left out of the log)"


class WithRequest(logging.Filter):
    """Gives each record the id of the request that it belongs to; empty outside of one."""

    def filter(self, record):
        from .measured import request_id

        record.request = request_id.get()
        return True


class Json(WithoutValues, JsonFormatter):
    """The same, a JSON object a line: time, level, logger, message, request, and of a request its figures."""

    def __init__(self, **options):
        JsonFormatter.__init__(
            self,
            ["asctime", "levelname", "name", "message", "request"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            **options,
        )
