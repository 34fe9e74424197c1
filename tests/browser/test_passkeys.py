"""A passkey, made and used in a real browser with a device that Chromium plays."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .serving import PASSPHRASE
from .test_accessibility import problems

pytestmark = pytest.mark.browser


def with_device(page):
    """A laptop that knows its owner's finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def test_a_passkey_is_made_in_a_minute_and_then_opens_the_day_alone(browse, served):
    # A passkey belongs to a name, and an IP address is none.
    there = served.url.replace("127.0.0.1", "localhost")
    page = browse()
    with_device(page)
    page.goto(f"{there}/sign-in/")
    page.get_by_label("E-mail address").fill("priya@riverside.example")
    page.get_by_label("Password").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{there}/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of this device").fill("Work laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    assert problems(page, "recovery codes") == []
    code, second_code = (page.locator(".codes li").nth(which).inner_text() for which in (0, 1))
    page.goto(f"{there}/security/")
    expect(page.get_by_text("Passkey: Work laptop")).to_be_visible()

    def sign_out():
        page.locator("details.menu summary").click()
        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()

    # The passkey alone.
    sign_out()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))

    # The passphrase, and the passkey as second factor.
    sign_out()
    page.get_by_label("E-mail address").fill("priya@riverside.example")
    page.get_by_label("Password").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert problems(page, "the second factor") == []
    page.get_by_role("button", name="Use your passkey").click()
    expect(page).to_have_url(re.compile(r"localhost:\d+/$"))

    # The passphrase and a recovery code, on a machine without the passkey.
    other = browse()
    other.goto(f"{there}/sign-in/")
    other.get_by_label("E-mail address").fill("priya@riverside.example")
    other.get_by_label("Password").fill(PASSPHRASE)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.get_by_label("Code").fill(code)
    other.get_by_role("button", name="Go on").click()
    expect(other).to_have_url(re.compile(r"localhost:\d+/$"))

    # Signed out in the middle of a form: the passphrase alone does not lift the cover, and no word goes.
    other.goto(f"{there}/security/passphrase/")
    other.get_by_label("New passphrase").fill("words that were typed")
    cover, tab = locked(other)
    sign_in_there(tab, "priya@riverside.example")
    expect(tab.get_by_role("heading", name="One more step")).to_be_visible()
    cover.get_by_role("button", name="I have signed in: go on").click()
    expect(cover).to_contain_text("You are not signed in yet.")
    tab.get_by_label("Code").fill(second_code)
    tab.get_by_role("button", name="Go on").click()
    tab.wait_for_url("**/")
    cover.get_by_role("button", name="I have signed in: go on").click()
    expect(cover).to_be_hidden()
    assert other.get_by_label("New passphrase").input_value() == "words that were typed"


def locked(page):
    """The cover of a page whose sign-in ended, and the tab that its link opens."""
    page.context.clear_cookies()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    cover = page.get_by_role("dialog", name="Locked")
    expect(cover).to_be_visible()
    with page.context.expect_page() as opened:
        cover.get_by_role("link", name="Sign in in a new tab").click()
    return cover, opened.value


def sign_in_there(tab, email):
    tab.get_by_label("E-mail address").fill(email)
    tab.get_by_label("Password").fill(PASSPHRASE)
    tab.get_by_role("button", name="Sign in", exact=True).click()


def test_the_page_is_covered_when_the_sign_in_ends_and_keeps_what_was_typed(browse, places):
    page = browse("jo")
    page.goto("/security/passphrase/")
    if page.get_by_role("heading", name="Is it still you?").is_visible():
        page.get_by_label("Your password").fill(PASSPHRASE)
        page.get_by_role("button", name="Go on").click()
    page.get_by_label("New passphrase").fill("words that were typed")
    cover, tab = locked(page)
    cover.get_by_role("button", name="I have signed in: go on").click()
    expect(cover).to_contain_text("You are not signed in yet.")
    sign_in_there(tab, "jo@riverside.example")
    tab.wait_for_url("**/")
    cover.get_by_role("button", name="I have signed in: go on").click()
    expect(cover).to_be_hidden()
    assert page.get_by_label("New passphrase").input_value() == "words that were typed"
