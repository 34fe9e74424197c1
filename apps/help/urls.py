from django.urls import path

from . import views

urlpatterns = [
    path("help/", views.help_home, name="help"),
    path("help/practice/", views.practice_page, name="practice"),
    path("help/<slug:key>/", views.help_page, name="help-page"),
]
