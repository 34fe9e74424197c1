"""Addresses of patients, coverage, diagnoses and payers. The chart's is in apps/visits/urls.py."""

from django.urls import path

from . import document_views, emergency_views, hold_views, merge_views, palette, request_views, views

urlpatterns = [
    path("find/", palette.find, name="find"),
    path("patients/", views.patients, name="patients"),
    path("patients/search/", views.patient_search, name="patient-search"),
    path("patients/add/", views.patient_add, name="patient-add"),
    path("patients/<uuid:pk>/edit/", views.patient_edit, name="patient-edit"),
    path("patients/<uuid:patient>/merge/", merge_views.merge, name="merge"),
    path("merges/<uuid:pk>/take-apart/", merge_views.take_apart, name="merge-take-apart"),
    path("holds/add/", hold_views.hold_add, name="hold-add"),
    path("patients/<uuid:patient>/holds/", hold_views.holds_of, name="holds"),
    path("holds/<uuid:pk>/lift/", hold_views.hold_lift, name="hold-lift"),
    path("patients/<uuid:patient>/coverage/add/", views.coverage_add, name="coverage-add"),
    path("coverage/<uuid:pk>/", views.coverage, name="coverage"),
    path("patients/<uuid:patient>/diagnoses/add/", views.diagnosis_add, name="diagnosis-add"),
    path("diagnoses/<uuid:pk>/end/", views.diagnosis_end, name="diagnosis-end"),
    path("diagnosis-codes/", views.diagnosis_search, name="diagnosis-search"),
    path("patients/<uuid:patient>/documents/", document_views.patient_documents, name="documents"),
    path("documents/<uuid:pk>/", document_views.document, name="document"),
    path("documents/<uuid:pk>/set-aside/", document_views.document_set_aside, name="document-set-aside"),
    path("patients/<uuid:patient>/care-team/", emergency_views.care_team, name="care-team"),
    path("care-team/<uuid:pk>/end/", emergency_views.care_team_end, name="care-team-end"),
    path(
        "patients/<uuid:patient>/records-requests/", request_views.records_requests, name="records-requests"
    ),
    path("records-requests/<uuid:pk>/left/", request_views.records_left, name="records-left"),
    path("emergency-access/", emergency_views.emergency_access, name="emergency-access"),
    path("emergency-access/<uuid:pk>/end/", emergency_views.emergency_end, name="emergency-end"),
    path("payers/", views.payers, name="payers"),
    path("payers/add/", views.payer_add, name="payer-add"),
    path("payers/<uuid:pk>/", views.payer, name="payer"),
]
