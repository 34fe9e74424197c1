"""What monitoring counts: requests by route, how long they took, and what was recorded, by verb.

Labels are names out of our own code (a route, a method, a status, a verb), so that no figure can tell of a
patient, a person or a clinic. With PROMETHEUS_MULTIPROC_DIR set, as bin/serve does, every process writes its
counts to a file there, and `manage.py serve_metrics` adds them up.
"""

from prometheus_client import Counter, Histogram

REQUESTS = Counter("midline_requests", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram(
    "midline_request_seconds",
    "Seconds from a request to its answer.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30),
)
EVENTS = Counter("midline_events", "Lines of the audit trail, by verb.", ["verb"])
