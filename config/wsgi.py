"""What the server loads: `granian --interface wsgi config.wsgi:application`."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# From here on a connection sees a clinic's rows only when a request says whose it is.
from apps.accounts import row_security  # noqa: E402

row_security.is_serving = True

# Every view and rule is loaded now and stays. Looking at them again and again for garbage took a tenth of a
# second in the midst of somebody's request.
import_module("config.urls")
gc.collect()
gc.freeze()
