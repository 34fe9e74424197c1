"""The exception with which an action says no."""


class Refused(Exception):
    """The action was not done. The message says why and what to do, in words a clinician can read.

    `field` names the form field it is about, where there is one.
    """

    def __init__(self, message: str, *, field: str = ""):
        super().__init__(message)
        self.field = field
