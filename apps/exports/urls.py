"""Addresses of the note on paper."""

from django.urls import path

from . import views

urlpatterns = [
    path("notes/<uuid:pk>/print/", views.note_print, name="note-print"),
    path("notes/<uuid:pk>/pdf/", views.note_pdf, name="note-pdf"),
]
