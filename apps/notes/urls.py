"""Addresses of the note, and of the rules."""

from django.urls import path

from . import amendment_views, measure_views, phrase_views, record_views, review_views, rule_views, views

urlpatterns = [
    path("notes/", views.notes, name="notes"),
    path("visits/<uuid:visit>/start/", views.start, name="note-start"),
    path("patients/<uuid:patient>/start/", views.start_now, name="start-now"),
    path("notes/<uuid:pk>/", views.note, name="note"),
    path("notes/<uuid:pk>/here/", views.here, name="note-here"),
    path("notes/<uuid:pk>/answer/", views.answer, name="note-answer"),
    path("notes/<uuid:pk>/sign/", views.sign, name="note-sign"),
    path("notes/<uuid:pk>/discard/", views.discard, name="note-discard"),
    path("patients/<uuid:patient>/measures/", measure_views.measures, name="measures"),
    path("patients/<uuid:patient>/flowsheet/", measure_views.sheet, name="flowsheet"),
    path("notes/<uuid:pk>/review/", review_views.note_review, name="note-review"),
    path("notes/left/", record_views.left, name="notes-left"),
    path("clinic/record/", record_views.policy, name="record-policy"),
    path("record/<uuid:pk>/cosign/", amendment_views.amend, {"move": "cosign"}, name="cosign"),
    path("record/<uuid:pk>/add/", amendment_views.amend, {"move": "addend"}, name="addend"),
    path("record/<uuid:pk>/late/", amendment_views.amend, {"move": "late entry"}, name="enter-late"),
    path("record/<uuid:pk>/correct/", amendment_views.amend, {"move": "correct"}, name="correct"),
    path("record/<uuid:pk>/void/", amendment_views.amend, {"move": "void"}, name="void"),
    path("phrases/", phrase_views.phrases, name="phrases"),
    path("phrases/<uuid:pk>/", phrase_views.phrase, name="phrase"),
    path("rules/", rule_views.rules, name="rules"),
    path("rules/severities/", rule_views.rule_severities, name="rule-severities"),
    path("rules/<str:code>/", rule_views.rule, name="rule"),
]
