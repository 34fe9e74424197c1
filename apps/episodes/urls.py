"""Addresses of plans of care and goals."""

from django.urls import path

from . import views

urlpatterns = [
    path("patients/<uuid:patient>/plans/add/", views.plan_add, name="plan-add"),
    path("plans/<uuid:pk>/", views.plan, name="plan"),
    path("plans/<uuid:plan>/goals/add/", views.goal_add, name="goal-add"),
    path("goals/<uuid:pk>/", views.goal, name="goal"),
]
