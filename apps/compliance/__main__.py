"""`python -m apps.compliance`: the rules on a command line. See cli/."""

import gc
import signal
import sys

# Loading the rules makes thousands of objects that stay; looking through them is a tenth of the start.
gc.disable()

from .cli import main  # noqa: E402 - after the line above, which is about this import

if __name__ == "__main__":
    # A reader that has seen enough, such as `head`, ends us quietly. Windows has no such signal.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main(sys.argv[1:]))
