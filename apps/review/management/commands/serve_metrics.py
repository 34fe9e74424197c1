"""Serve the figures for monitoring on a port of their own, which no proxy of the app passes on."""

from __future__ import annotations

import os
from wsgiref.simple_server import make_server

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from prometheus_client import REGISTRY, CollectorRegistry, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

from apps.review.figures import FromTheDatabase


def registry() -> CollectorRegistry:
    """The counts of every process that shares PROMETHEUS_MULTIPROC_DIR, and what the database says."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shared = CollectorRegistry()
        MultiProcessCollector(shared)
    else:
        shared = REGISTRY
    shared.register(FromTheDatabase())
    return shared


def application(of: CollectorRegistry):
    answer = make_wsgi_app(of)

    def serve(environ, start_response):
        close_old_connections()
        return answer(environ, start_response)

    return serve


class Command(BaseCommand):
    help = "Serve the figures for Prometheus, until stopped. bin/serve starts it where METRICS_PORT is set."

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=9464)

    def handle(self, *args, **options):
        server = make_server(options["host"], options["port"], application(registry()))
        self.stdout.write(f"Figures on port {server.server_port}.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()
