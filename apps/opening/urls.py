"""The address of the set-up page."""

from django.urls import path

from . import views

urlpatterns = [path("set-up/", views.set_up, name="set-up")]
