"""Addresses of one's own inbox."""

from django.urls import path

from . import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/marks/", views.mark, name="inbox-mark"),
    path("inbox/number/", views.number, name="inbox-number"),
    path("inbox/mail/", views.mail_choice, name="inbox-mail"),
]
