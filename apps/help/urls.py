from django.urls import path

from . import views

urlpatterns = [
    path("help/", views.help_home, name="help"),
    path("help/<slug:key>/", views.help_page, name="help-page"),
]
