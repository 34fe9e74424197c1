"""Addresses of how long charts are kept."""

from django.urls import path

from . import views

urlpatterns = [
    path("retention/", views.retention, name="retention"),
    path("clinic/retention/", views.retention_rule, name="retention-rule"),
]
