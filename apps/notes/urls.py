"""Addresses of the note, and of the rules."""

from django.urls import path

from . import measure_views, rule_views, views

urlpatterns = [
    path("notes/", views.notes, name="notes"),
    path("visits/<uuid:visit>/start/", views.start, name="note-start"),
    path("patients/<uuid:patient>/start/", views.start_now, name="start-now"),
    path("notes/<uuid:pk>/", views.note, name="note"),
    path("notes/<uuid:pk>/answer/", views.answer, name="note-answer"),
    path("notes/<uuid:pk>/sign/", views.sign, name="note-sign"),
    path("notes/<uuid:pk>/discard/", views.discard, name="note-discard"),
    path("patients/<uuid:patient>/measures/", measure_views.measures, name="measures"),
    path("patients/<uuid:patient>/flowsheet/", measure_views.sheet, name="flowsheet"),
    path("rules/", rule_views.rules, name="rules"),
    path("rules/severities/", rule_views.rule_severities, name="rule-severities"),
    path("rules/<str:code>/", rule_views.rule, name="rule"),
]
