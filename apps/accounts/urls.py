"""Addresses of signing in and of the people of a clinic.

allauth's own addresses are not included as a whole: what stands here is all there is. Three
of its names are needed, because it sends people there by them.
"""

from django.urls import path

from . import clinic_views, invitation_views, security_views, single_sign_on, views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-in/passkey/", security_views.sign_in_passkey, name="sign-in-passkey"),
    path("sign-in/second-factor/", security_views.authenticate, name="mfa_authenticate"),
    path("sign-in/directory/", single_sign_on.begin, name="single-sign-on"),
    path(
        "sign-in/directory/back/",
        single_sign_on.finish,
        {"provider_id": single_sign_on.PROVIDER},
        name="openid_connect_callback",
    ),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("welcome/", invitation_views.welcome, name="welcome"),
    path("confirm/", security_views.confirm, name="confirm"),
    path("security/", security_views.security, name="security"),
    path("security/end/", security_views.session_end, name="session-end"),
    path("security/remove/", security_views.factor_remove, name="factor-remove"),
    path("security/passphrase/", security_views.passphrase, name="passphrase"),
    path("second-factor/", security_views.second_factor, name="second-factor"),
    path("second-factor/app/", security_views.app_add, name="app-add"),
    path("second-factor/passkey/", security_views.passkey_add, name="passkey-add"),
    path("second-factor/recovery-codes/", security_views.recovery_codes, name="recovery-codes"),
    path("clinic/", views.choose_clinic, name="choose-clinic"),
    path("clinic/details/", clinic_views.clinic_details, name="clinic-details"),
    path("people/", views.people, name="people"),
    path("people/add/", views.person_add, name="person-add"),
    path("people/<uuid:pk>/", views.person, name="person"),
    path("people/<uuid:pk>/invitation/", invitation_views.invitation, name="person-invitation"),
    path("people/<uuid:pk>/reset-second-factor/", views.factors_reset, name="factors-reset"),
]
