"""Midline's addresses, and beside them those of the directory that single sign-on is tried against."""

from django.urls import include, path

from config.urls import handler400, handler500
from config.urls import urlpatterns as ours

__all__ = ["handler400", "handler500", "urlpatterns"]

urlpatterns = [*ours, path("", include("allauth.idp.urls"))]
