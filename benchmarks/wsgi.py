"""What the measured server loads: the app as in production, but without HTTPS, and with an address that only
says "ok", which is the floor of every request.
"""

import os

os.environ |= {"DEBUG": "on", "MIDLINE_DEMO": "on", "DJANGO_SETTINGS_MODULE": "config.settings"}

from django.conf import settings

from benchmarks import place

# DEBUG would keep every query, and read templates anew.
settings.DEBUG = False
settings.ALLOWED_HOSTS = ["127.0.0.1"]
place.cache_templates(settings)

from config.wsgi import application  # noqa: E402 - it reads the settings

place.add_empty_view()

__all__ = ["application"]
