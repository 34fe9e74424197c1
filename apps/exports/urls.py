"""Addresses of notes and plans on paper, and of the pages for billing."""

from django.urls import include, path

from . import billing_views, fee_views, letterhead_views, paper_views, table_views, views

urlpatterns = [
    path("notes/<uuid:pk>/print/", views.note_print, name="note-print"),
    path("notes/<uuid:pk>/text/", views.note_text, name="note-text"),
    path("notes/<uuid:pk>/pdf/", views.note_pdf, name="note-pdf"),
    path("notes/<uuid:pk>/fhir/", views.note_fhir, name="note-fhir"),
    path("plan-versions/<uuid:pk>/pdf/", views.plan_pdf, name="plan-pdf"),
    path("visits/<uuid:pk>/estimate/", billing_views.visit_estimate, name="visit-estimate"),
    path("", include("apps.exports.packets.urls")),
    path("patients/<uuid:patient>/table/", table_views.patient_table, name="patient-table"),
    path("clinic/paper/", paper_views.paper, name="paper"),
    path("clinic/letterhead/", letterhead_views.change, name="letterhead"),
    path("clinic/fees/", fee_views.fee_schedule, name="fees"),
    path("clinic/locality/", billing_views.locality, name="locality"),
]
