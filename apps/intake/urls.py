"""Addresses of lists of patients that are brought in."""

from django.urls import path

from . import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/sample/", views.import_sample, name="import-sample"),
    path("imports/<uuid:pk>/", views.patient_import, name="import"),
    path("imports/<uuid:pk>/columns/", views.import_columns, name="import-columns"),
    path("imports/<uuid:pk>/answer/", views.import_answer, name="import-answer"),
    path("imports/<uuid:pk>/carry-out/", views.import_carry_out, name="import-carry-out"),
    path("imports/<uuid:pk>/again/", views.import_again, name="import-again"),
    path("imports/<uuid:pk>/undo/", views.import_undo, name="import-undo"),
    path("imports/<uuid:pk>/discard/", views.import_discard, name="import-discard"),
    path("imports/<uuid:pk>/left/", views.import_left, name="import-left"),
]
