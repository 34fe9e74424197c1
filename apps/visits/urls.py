"""Addresses of the day, the chart, and visits."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.today, name="today"),
    path("patients/<uuid:pk>/", views.chart, name="patient"),
    path("patients/<uuid:patient>/visits/add/", views.visit_add, name="visit-add"),
    path("visits/<uuid:pk>/attendance/", views.attendance, name="visit-attendance"),
    path("attendance/", views.attendance_log, name="attendance-log"),
]
