from django.apps import AppConfig


class PacketsConfig(AppConfig):
    """An app of its own inside exports, so that its tables have their own migrations."""

    name = "apps.exports.packets"
    label = "packets"
