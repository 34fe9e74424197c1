"""The address of the first page."""

from django.urls import path

from . import views

urlpatterns = [path("home/", views.home, name="home")]
