"""What the server loads: `granian --interface wsgi config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# From here on a connection sees a clinic's rows only when a request says whose it is.
from apps.accounts import row_security  # noqa: E402

row_security.is_serving = True
