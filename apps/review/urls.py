"""Addresses of the review desk, and of oversight: the trail, emergency access, verification."""

from django.urls import path

from . import desk_views, emergency_views, figures_views, peer_views, trail_views, verification_views

urlpatterns = [
    path("review/", desk_views.desk, name="review"),
    path("review/notes/<uuid:pk>/", desk_views.review_note, name="review-note"),
    path("review/figures/", figures_views.figures_page, name="review-figures"),
    path("review/peers/", peer_views.samples, name="peer-samples"),
    path("review/peers/<uuid:pk>/", peer_views.sample, name="peer-sample"),
    path("review/peers/notes/<uuid:pk>/", peer_views.peer_note, name="peer-note"),
    path("trail/", trail_views.clinic_trail, name="trail"),
    path("patients/<uuid:pk>/trail/", trail_views.patient_trail, name="patient-trail"),
    path("patients/<uuid:patient>/disclosures/", trail_views.patient_disclosures, name="disclosures"),
    path("emergency-access/report/", emergency_views.emergency_report, name="emergency-report"),
    path(
        "emergency-access/<uuid:pk>/reviewed/",
        emergency_views.emergency_reviewed,
        name="emergency-reviewed",
    ),
    path("verification/", verification_views.verification, name="verification"),
    path("verification/now/", verification_views.verify_now, name="verify-now"),
    path("verification/chain/", verification_views.chain_bundle, name="chain-bundle"),
    path("verification/script/", verification_views.verifier, name="verifier"),
    path("verification/checkpoints/", verification_views.checkpoints, name="checkpoints"),
]
