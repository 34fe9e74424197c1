"""Addresses of the note."""

from django.urls import path

from . import views

urlpatterns = [
    path("notes/", views.notes, name="notes"),
    path("visits/<uuid:visit>/start/", views.start, name="note-start"),
    path("patients/<uuid:patient>/start/", views.start_now, name="start-now"),
    path("notes/<uuid:pk>/", views.note, name="note"),
    path("notes/<uuid:pk>/answer/", views.answer, name="note-answer"),
    path("notes/<uuid:pk>/sign/", views.sign, name="note-sign"),
    path("notes/<uuid:pk>/discard/", views.discard, name="note-discard"),
    path("rules/", views.rules, name="rules"),
    path("rules/<str:code>/", views.rule, name="rule"),
]
