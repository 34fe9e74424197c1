"""Addresses of signing in and of the people of a clinic."""

from django.urls import path

from . import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("clinic/", views.choose_clinic, name="choose-clinic"),
    path("people/", views.people, name="people"),
    path("people/add/", views.person_add, name="person-add"),
    path("people/<uuid:pk>/", views.person, name="person"),
]
