"""What every request must be, and the headers that every answer carries: constants, without an exception."""

import codecs

from django.http import HttpResponse, HttpResponseNotAllowed

# Everything is served by us and nothing is inline, so 'self' is all that a page may ask for. `data:` images
# are Bootstrap's chevrons and check marks.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class PagesAndForms:
    """Refuses every method that no page and no form of ours uses, before any view could take it for a GET.

    And each form in another encoding than our pages': some can say half a character, which nothing can store.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in ("GET", "HEAD", "POST", "OPTIONS"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            return HttpResponse(
                "Forms are read as UTF-8.", status=415, content_type="text/plain; charset=utf-8"
            )
        return self.get_response(request)


class SecureHeaders:
    """Adds the content security policy, and keeps patient pages out of every cache.

    Static files are answered by WhiteNoise, earlier in the chain, and keep their long cache life.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        # Also stops the browser's back button from showing a chart after signing out.
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response
