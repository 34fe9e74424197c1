"""One's own sign-in: the second factor, confirming who one is, and where one is signed in."""

from __future__ import annotations

import json

import qrcode
from allauth.account.internal.decorators import login_stage_required
from allauth.account.models import Login
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery_flows
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal import flows as totp_flows
from allauth.mfa.webauthn.internal import auth as ceremony
from allauth.mfa.webauthn.internal import flows as passkey_flows
from allauth.usersessions.internal.flows.sessions import end_sessions
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.audit import events, verbs

from . import codes, factors, password, security_actions
from .access import sign_ins_of
from .limits import status_of
from .security_forms import AppForm, ConfirmForm, NewPassphraseForm, PasskeyForm, RemoveForm

pages = require_http_methods(["GET", "HEAD", "POST"])


def _sent(request):
    """What was sent, also when it is empty; None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def _options(options: dict) -> str:
    return json.dumps(options)


def _json_of(text: str):
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def is_page_of_ours(request, goal: str) -> bool:
    """Only a path from the root: what else Django lets pass would be taken for the name of a view."""
    return goal.startswith("/") and url_has_allowed_host_and_scheme(
        goal, {request.get_host()}, require_https=request.is_secure()
    )


# --- At the door ------------------------------------------------------------------------------------------


@pages
def sign_in_passkey(request):
    """A passkey alone: the device asked for a finger or a PIN, so that it is two factors in one."""
    if request.method != "POST":
        return JsonResponse(ceremony.begin_authentication(user=None))
    passkey = codes.passkey_of(_json_of(request.POST.get("credential", "")[: codes.Credential.LONGEST]))
    if passkey is None:
        events.record(verbs.SIGN_IN_FAILED, outcome="refused")
        messages.error(request, codes.WRONG_KEY)
        return redirect("sign-in")
    goal = request.POST.get("next", "")
    if not is_page_of_ours(request, goal):
        goal = None
    return passkey_flows.perform_passwordless_login(
        request, passkey, Login(user=passkey.user, redirect_url=goal)
    )


@pages
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def authenticate(request):
    """The second factor of somebody whose passphrase was right."""
    stage = request._login_stage
    person = stage.login.user
    form = codes.SecondFactorForm(_sent(request), person=person, request=request)
    if request.method == "POST" and form.is_valid():
        form.save()
        return stage.exit()
    if request.method == "POST":
        events.record(verbs.SIGN_IN_FAILED, by=person, outcome="refused", second_factor=True)
    has_passkey = factors.of(person).filter(type=Authenticator.Type.WEBAUTHN).exists()
    has_app = factors.of(person).filter(type=Authenticator.Type.TOTP).exists()
    options = _options(ceremony.begin_authentication(person)) if has_passkey else ""
    context = {"form": form, "options": options, "has_app": has_app}
    return render(request, "accounts/authenticate.html", context, status=status_of(form))


@pages
@login_required
def confirm(request):
    """Who is there? Then back to the page that asked."""
    goal = request.POST.get("next") or request.GET.get("next", "")
    if not is_page_of_ours(request, goal):
        goal = "/"
    form = ConfirmForm(_sent(request), request=request)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data.get("credential"):
            password.mark_fresh(request, "webauthn")
        events.record(verbs.CONFIRMED, by=request.user)
        return redirect(goal)
    has_passkey = factors.of(request.user).filter(type=Authenticator.Type.WEBAUTHN).exists()
    options = _options(ceremony.begin_authentication(request.user)) if has_passkey else ""
    context = {"form": form, "next": goal, "options": options}
    return render(request, "accounts/confirm.html", context, status=status_of(form))


# --- The second factor ------------------------------------------------------------------------------------


@require_safe
@login_required
def second_factor(request):
    """Where somebody without a second factor begins, and what is left to do when it is there."""
    if not factors.is_missing(request) and factors.of(request.user).exists():
        return redirect("security")
    return render(request, "accounts/second_factor.html", {"is_required": factors.are_required()})


@pages
@login_required
@password.asks_again
def app_add(request):
    if factors.of(request.user).filter(type=Authenticator.Type.TOTP).exists():
        return redirect("security")
    form = AppForm(_sent(request), request=request)
    if request.method == "POST" and form.is_valid():
        _, made = totp_flows.activate_totp(request, form)
        return _added(request, Authenticator.Type.TOTP, made)
    address = get_adapter().build_totp_url(request.user, form.secret)
    return render(
        request,
        "accounts/app_add.html",
        {"form": form, "picture": _qr(address), "secret": totp_words(form.secret), "address": address},
    )


def totp_words(secret: str) -> str:
    """The secret in groups of four, for whoever types it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _qr(address: str) -> dict:
    """The picture as an SVG path: a page of ours holds no markup that a template did not write."""
    picture = qrcode.QRCode(border=2)
    picture.add_data(address)
    picture.make()
    rows = picture.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"path": path, "size": len(rows)}


@pages
@login_required
@password.asks_again
def passkey_add(request):
    form = PasskeyForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        _, made = passkey_flows.add_authenticator(
            request, name=form.cleaned_data["name"], credential=form.cleaned_data["credential"]
        )
        return _added(request, Authenticator.Type.WEBAUTHN, made)
    options = _options(ceremony.begin_registration(request.user, passwordless=True))
    return render(request, "accounts/passkey_add.html", {"form": form, "options": options})


def _added(request, kind, recovery_codes_made):
    request.session[factors.GIVEN] = True
    events.record(verbs.FACTOR_ADDED, by=request.user, kind=factors.KINDS[kind])
    if recovery_codes_made:
        return redirect("recovery-codes")
    messages.success(request, f"The {factors.KINDS[kind]} is added.")
    return redirect("security")


@pages
@login_required
@password.asks_again
def recovery_codes(request):
    """The codes that are left; sent, it makes new ones and the old ones end."""
    if not factors.of(request.user).exists():
        return redirect("second-factor")
    if request.method == "POST":
        recovery_flows.generate_recovery_codes(request)
        events.record(verbs.RECOVERY_CODES_MADE, by=request.user)
        messages.success(request, "New codes. The old ones do not work any more.")
        return redirect("recovery-codes")
    kept, _ = recovery_flows.view_recovery_codes(request)
    return render(request, "accounts/recovery_codes.html", {"codes": kept.get_unused_codes() if kept else []})


# --- Where one is signed in ---------------------------------------------------------------------------------


@require_safe
@login_required
def security(request):
    here = request.session.session_key
    sessions = sorted(
        sign_ins_of(request.user),
        key=lambda one: (one.session_key != here, -one.created_at.timestamp()),
    )
    rows = [
        {
            "id": one.pk,
            "is_here": one.session_key == here,
            "began_at": one.created_at,
            "ip": one.ip,
            "browser": browser_words(one.user_agent),
        }
        for one in sessions
    ]
    return render(
        request,
        "accounts/security.html",
        {
            "factors": [
                {"id": one.pk, "kind": factors.KINDS[one.type], "name": str(one), "factor": one}
                for one in factors.of(request.user)
            ],
            "sessions": rows,
            "has_password": request.user.has_usable_password(),
            "is_required": factors.are_required(),
        },
    )


def browser_words(agent: str) -> str:
    """What a person would call the browser and the machine."""
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    machines = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("CrOS", "Chromebook"),
        ("Linux", "Linux"),
    )
    browser = next((words for sign, words in browsers if sign in agent), "A browser")
    machine = next((words for sign, words in machines if sign in agent), "")
    return f"{browser} on {machine}" if machine else browser


@require_POST
@login_required
def session_end(request):
    """End one sign-in of one's own, or all others."""
    theirs = sign_ins_of(request.user)
    if request.POST.get("others"):
        chosen = list(theirs.exclude(session_key=request.session.session_key))
    else:
        form = RemoveForm(request.POST)
        chosen = list(theirs.filter(pk=form.cleaned_data["id"])) if form.is_valid() else []
        if not chosen:
            raise Http404
    who = request.user
    end_sessions(request, chosen)
    events.record(verbs.SIGN_IN_ENDED, by=who, because="own wish", count=len(chosen))
    messages.success(request, "Signed out there.")
    return redirect("security")


@require_POST
@login_required
def factor_remove(request):
    if not password.is_fresh(request):
        messages.info(request, "Nothing was removed yet: press the button again.")
        return password.confirm_first(request, back_to=reverse("security"))
    form = RemoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was removed: choose one of these.")
        return redirect("security")
    found = get_object_or_404(factors.of(request.user), pk=form.cleaned_data["id"])
    if factors.are_required() and factors.of(request.user).count() == 1:
        messages.error(request, "This is your only second factor. Add another one first, then remove this.")
        return redirect("security")
    kind = factors.KINDS[found.type]
    passkey_flows.remove_authenticator(request, found)
    events.record(verbs.FACTOR_REMOVED, by=request.user, kind=kind)
    messages.success(request, f"The {kind} is removed.")
    return redirect("security")


@pages
@login_required
@password.asks_again
def passphrase(request):
    """A passphrase of one's own in place of the one that was handed over. Ends the other sign-ins."""
    form = NewPassphraseForm(_sent(request), person=request.user)
    if request.method == "POST" and form.is_valid():
        security_actions.change_passphrase(
            person=request.user, new=form.cleaned_data["new"], keep=request.session.session_key
        )
        update_session_auth_hash(request, request.user)
        messages.success(request, "Your passphrase is changed, and you are signed out everywhere else.")
        return redirect("security")
    return render(request, "accounts/passphrase.html", {"form": form})
