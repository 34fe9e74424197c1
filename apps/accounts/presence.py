"""Who is signed in, for a page that was open while somebody signed out and in again."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET


@require_GET
def signed_in(request):
    """The person's id and a fresh CSRF token, or 401. A page saves only for the person who typed in it."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return JsonResponse({"user": str(request.user.pk), "csrf": get_token(request)})
