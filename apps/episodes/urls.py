"""Addresses of plans of care, goals, papers, authorizations and the worklist."""

from django.urls import path

from . import views

urlpatterns = [
    path("patients/<uuid:patient>/plans/add/", views.plan_add, name="plan-add"),
    path("plans/<uuid:pk>/", views.plan, name="plan"),
    path("plans/<uuid:pk>/draft/", views.plan_draft, name="plan-draft"),
    path("plans/<uuid:pk>/revise/", views.plan_revise, name="plan-revise"),
    path("plans/<uuid:pk>/discard/", views.plan_discard, name="plan-discard"),
    path("plans/<uuid:pk>/sign/", views.plan_sign, name="plan-sign"),
    path("plans/<uuid:pk>/end/", views.plan_end, name="plan-end"),
    path("plan-versions/<uuid:pk>/", views.plan_version, name="plan-version"),
    path("plan-versions/<uuid:pk>/print/", views.plan_print, name="plan-print"),
    path("plans/<uuid:plan>/goals/add/", views.goal_add, name="goal-add"),
    path("goals/<uuid:pk>/", views.goal, name="goal"),
    path("goals/<uuid:pk>/status/", views.goal_status, name="goal-status"),
    path("plans/<uuid:plan>/papers/add/", views.paper_add, name="paper-add"),
    path("papers/<uuid:pk>/", views.paper, name="paper"),
    path("patients/<uuid:patient>/authorizations/add/", views.authorization_add, name="authorization-add"),
    path("authorizations/<uuid:pk>/", views.authorization, name="authorization"),
    path("worklist/", views.worklist_page, name="worklist"),
]
