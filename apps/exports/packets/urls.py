"""Addresses of packets, samples, what is made of them, and attestations."""

from django.urls import path

from . import attest_views, build_views, copy_views, line_views, sample_views, views

urlpatterns = [
    path("packets/", views.packets, name="packets"),
    path("patients/<uuid:patient>/packets/add/", views.packet_add, name="packet-add"),
    path("packets/<uuid:pk>/", views.packet, name="packet"),
    path("packets/<uuid:pk>/edit/", views.packet_edit, name="packet-edit"),
    path("packets/<uuid:pk>/explain/", views.packet_explain, name="packet-explain"),
    path("packets/<uuid:pk>/sent/", views.packet_sent, name="packet-sent"),
    path("packets/<uuid:pk>/lines/", line_views.lines, name="packet-lines"),
    path("packets/<uuid:pk>/lines/import/", line_views.lines_import, name="packet-lines-import"),
    path("packets/<uuid:pk>/lines/remove/", line_views.line_remove, name="packet-line-remove"),
    path("packets/<uuid:pk>/make/", build_views.packet_make, name="packet-make"),
    path("packets/<uuid:pk>/ask/", attest_views.ask, name="attestation-ask"),
    path("packet-builds/<uuid:pk>/", build_views.build_page, name="packet-build"),
    path("packet-builds/<uuid:pk>/cancel/", build_views.build_cancel, name="packet-build-cancel"),
    path("packet-builds/<uuid:pk>/again/", build_views.build_again, name="packet-build-again"),
    path("packet-builds/<uuid:pk>/download/", build_views.build_download, name="packet-build-download"),
    path("disclosures/", build_views.disclosures, name="disclosure-log"),
    path("patients/<uuid:patient>/copy/", copy_views.chart_copy, name="chart-copy"),
    path("clinic/charts/", copy_views.clinic_copy, name="clinic-copy"),
    path("samples/add/", sample_views.sample_add, name="sample-add"),
    path("samples/<uuid:pk>/", sample_views.sample, name="sample"),
    path("samples/<uuid:pk>/make/", sample_views.sample_make, name="sample-make"),
    path("attestations/", attest_views.attestations, name="attestations"),
    path("notes/<uuid:pk>/attest/", attest_views.attest, name="attest"),
    path("clinic/packets/", views.packet_policy, name="packet-policy"),
]
