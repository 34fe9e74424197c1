"""Every page for everybody: axe-core finds nothing, fingers find the buttons, nothing jumps or overflows."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .charting import block, chip, field, finding, saved, write

pytestmark = pytest.mark.browser

DESK = {"width": 1440, "height": 1000}
TABLET = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}

PAGES = {
    # person: addresses; {notes[half]} is filled in from what serving.py built.
    "": ["/sign-in/", "/welcome/"],
    "dana": [
        "/",
        "/?whose=all",
        "/?on=2026-11-21",
        "/patients/",
        "/patients/add/",
        "/patients/{patients[stroke]}/",
        "/patients/{patients[stroke]}/edit/",
        "/patients/{patients[stroke]}/coverage/add/",
        "/coverage/{one[coverage]}/",
        "/patients/{patients[stroke]}/diagnoses/add/",
        "/patients/{patients[stroke]}/plans/add/",
        "/plans/{one[plan]}/",
        "/plans/{one[plan]}/goals/add/",
        "/goals/{one[goal]}/",
        "/goals/{one[goal]}/status/",
        "/plans/{one[open_plan]}/draft/",
        "/plans/{one[open_plan]}/sign/",
        "/plans/{one[plan]}/end/",
        "/plan-versions/{one[version]}/",
        "/plan-versions/{one[version]}/print/",
        "/plans/{one[plan]}/papers/add/?kind=order",
        "/papers/{one[paper]}/",
        "/patients/{patients[stroke]}/authorizations/add/",
        "/authorizations/{one[authorization]}/",
        "/patients/{patients[stroke]}/documents/",
        "/patients/{patients[stroke]}/measures/",
        "/patients/{patients[stroke]}/flowsheet/",
        "/worklist/",
        "/patients/{patients[stroke]}/visits/add/",
        "/visits/{visits[half]}/attendance/",
        "/attendance/",
        "/notes/",
        "/phrases/",
        "/phrases/{one[phrase]}/",
        "/notes/{notes[half]}/",
        "/notes/{notes[axe]}/",
        "/notes/{notes[half]}/sign/",
        "/notes/{notes[half]}/discard/",
        "/notes/{notes[half]}/print/",
        "/notes/{notes[signed]}/",
        "/notes/{notes[signed]}/print/",
        "/notes/{notes[signed]}/text/",
        "/notes/{notes[discarded]}/",
        "/notes/{notes[half]}/review/",
        "/record/{notes[signed]}/add/",
        "/record/{notes[signed]}/late/",
        "/record/{notes[signed]}/correct/",
        "/record/{notes[signed]}/void/",
        "/attestations/",
        "/rules/",
        "/rules/?q=cue",
        "/rules/NMR104/",
        "/help/fields/",
        "/help/practice/",
        "/inbox/",
        "/security/",
        "/security/passphrase/",
        "/second-factor/",
        "/second-factor/app/",
        "/second-factor/passkey/",
        "/confirm/",
    ],
    "sam": [
        "/?whose=all",
        "/notes/{notes[half]}/",
        "/patients/{patients[restricted]}/",
        "/visits/{visits[signed]}/estimate/",
        "/trail/",
        "/patients/{patients[stroke]}/trail/",
        "/patients/{patients[stroke]}/disclosures/",
        "/patients/{patients[stroke]}/records-requests/",
        "/records-requests/{one[request]}/left/",
        "/patients/{patients[restricted]}/care-team/",
        "/emergency-access/",
        "/emergency-access/report/",
        "/verification/",
        "/record/{notes[signed]}/cosign/",
        "/notes/left/",
        "/review/",
        "/review/figures/",
        "/review/peers/",
        "/review/peers/{one[peer_sample]}/",
        "/review/peers/notes/{one[peer_note]}/",
        "/review/notes/{notes[review]}/",
        "/review/notes/{notes[signed]}/?about=blocks.0.response",
    ],
    "jo": [
        "/",
        "/notes/",
        "/patients/{patients[student]}/",
        "/notes/{notes[student]}/",
        "/notes/{notes[student]}/attest/",
        "/rules/",
    ],
    "rae": [
        "/home/",
        "/patients/",
        "/patients/{patients[stroke]}/",
        "/notes/",
        "/notes/{notes[signed]}/",
        "/attendance/",
        "/help/?q=packet",
        "/packets/",
        "/patients/{patients[stroke]}/packets/add/",
        "/patients/{patients[stroke]}/table/",
        "/patients/{patients[stroke]}/copy/",
        "/packets/{one[packet]}/",
        "/packets/{one[packet]}/edit/",
        "/packets/{one[packet]}/lines/",
        "/packets/{one[packet]}/lines/import/",
        "/packet-builds/{one[build]}/",
        "/samples/add/",
        "/samples/{one[sample]}/",
        "/disclosures/",
        "/find/",
        "/patients/{patients[stroke]}/merge/",
        "/holds/{one[hold]}/lift/",
        "/imports/",
        "/imports/{one[import]}/",
        "/imports/{one[import]}/columns/",
    ],
    "alex": [
        "/people/",
        "/people/add/",
        "/people/{one[person]}/",
        "/people/{one[person]}/invitation/",
        "/payers/",
        "/payers/add/",
        "/payers/{one[payer]}/",
        "/rules/",
        "/rules/severities/",
        "/clinic/locality/",
        "/clinic/fees/",
        "/clinic/packets/",
        "/clinic/charts/",
        "/clinic/letterhead/",
        "/clinic/paper/",
        "/clinic/record/",
        "/clinic/details/",
        "/holds/add/",
        "/retention/?list=held",
        "/clinic/retention/",
        "/inbox/mail/",
    ],
}

# What has an address and no page of its own: a form's target, a fragment, a file.
NO_PAGE = {
    "sign-out",
    "account_login",
    "sign-in-passkey",
    "mfa_authenticate",  # opens between two steps alone: looked at in test_passkeys.py, on the way in
    "recovery-codes",  # the same
    "single-sign-on",  # a page that is left at once, and where the directory comes back to
    "openid_connect_callback",
    "session-end",
    "factor-remove",
    "factors-reset",
    "choose-clinic",
    "signed-in",
    "set-up",  # there is none in a demo: first_note.py looks at it, on an empty database
    "healthz",
    "readyz",
    "patient-search",
    "diagnosis-search",
    "diagnosis-end",
    "note-start",
    "start-now",
    "note-answer",
    "note-here",
    "note-pdf",
    "note-fhir",
    "plan-pdf",
    "plan-revise",
    "plan-discard",
    "document",
    "document-set-aside",
    "care-team-end",
    "emergency-end",
    "emergency-reviewed",
    "verify-now",
    "chain-bundle",
    "verifier",
    "checkpoints",
    "packet-explain",
    "packet-sent",
    "packet-line-remove",
    "packet-make",
    "attestation-ask",
    "packet-build-cancel",
    "packet-build-again",
    "packet-build-download",
    "sample-make",
    "import-sample",
    "import-answer",
    "import-carry-out",
    "import-again",
    "import-undo",
    "import-discard",
    "import-left",
    "merge-take-apart",
    "holds",  # hold-lift shows the same list, above a form with the same field
    "inbox-mark",
    "inbox-number",
}

# The pages of a working day, looked at in both widths and both schemes.
MAIN = {
    "/",
    "/sign-in/",
    "/patients/{patients[stroke]}/",
    "/notes/{notes[half]}/",
    "/notes/{notes[half]}/sign/",
    "/notes/{notes[signed]}/",
}


def looks_of(address: str) -> list[tuple[dict, str]]:
    if address in MAIN:
        return [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")]
    return [(DESK, "light"), (PHONE, "dark")]


@pytest.mark.parametrize(
    ("person", "address"), [(person, address) for person, addresses in PAGES.items() for address in addresses]
)
def test_axe_finds_nothing(browse, places, person, address):
    page = browse(person)
    answer = page.goto(address.format(**places))
    assert answer.status == 200
    found = []
    for viewport, scheme in looks_of(address):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        # The whole page: what is folded away is a page of its own for those who open it.
        page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")
        found += problems(page, f"{viewport['width']} px, {scheme}")
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wider > 0:
            found.append(f"{viewport['width']} px: {wider} px wider than the window")
    assert found == []


def problems(page, where: str) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [
        f"{where}: {violation['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]


def test_axe_finds_nothing_where_something_is_wrong(page, places, editor):
    """Messages beside fields, a conflict, the dialog: states that no address shows."""
    found = []
    for address in (
        "/patients/add/",
        "/patients/{patients[stroke]}/coverage/add/",
        "/notes/{notes[half]}/discard/",
    ):
        page.goto(address.format(**places))
        page.locator("main form button.primary, main form button.danger").last.click()
        expect(page.locator(".invalid-feedback, .errorlist, .alert").first).to_be_visible()
        found += problems(page, address)
    editor("touch")
    write(block(page, "97112"), "Therapist’s minutes", "1_5")
    expect(page.locator(".invalid-feedback")).to_be_visible()
    block(page, "97110").get_by_role("button", name="Remove this block").click()
    found += problems(page, "a field that cannot be stored, a removed block")
    write(block(page, "97112"), "Therapist’s minutes", "24")
    block(page, "97110").get_by_role("button", name="Put it back").click()
    saved(page)
    other = page.context.new_page()
    other.goto(page.url)
    write(other, "Communication", "There")
    saved(other)
    write(page, "Communication", "Here")
    expect(page.locator("#conflict")).to_be_visible()
    found += problems(page, "a conflict")
    page.get_by_role("button", name="Save what is chosen").click()
    saved(page)
    page.context.clear_cookies()
    write(page, "Communication", "Signed out")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += problems(page, "signed out")
    assert found == []


def test_every_page_is_looked_at():
    from django.urls import get_resolver, resolve

    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    some_id = "00000000-0000-4000-8000-000000000000"

    class AnyId(dict):
        def __missing__(self, key):
            return some_id

    places = {group: AnyId() for group in ("patients", "notes", "visits", "one")}
    seen = {
        resolve(address.format(**places).split("?")[0]).url_name
        for pages in PAGES.values()
        for address in pages
    }
    assert names - seen == NO_PAGE


# What can be pressed and is too small for a finger. A link inside a sentence is as high as its line.
TARGETS = """() => {
  const pressed = "button, a[href], summary, select, input:not([type=hidden]), .chip span";
  const elsewhere = ".visually-hidden, .visually-hidden-focusable, .skip, .note-document, .chip input";
  const isInText = (each) => {
    const isInline = each.matches("a") && getComputedStyle(each).display === "inline";
    const text = isInline && each.closest("p, dd, td");
    return text && text.textContent.trim() !== each.textContent.trim();
  };
  const isShown = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const target = (each) => (each.matches("[type=radio], [type=checkbox]") ? each.labels[0] : each);
  return [...document.querySelectorAll(pressed)]
    .filter((each) => isShown(each) && !each.closest(elsewhere) && !isInText(each))
    .map((each) => [each, target(each).getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1 && (box.height < 43.5 || box.width < 43.5))
    .map(([each, box]) => {
      const words = (each.innerText || each.name || "").trim().slice(0, 40);
      return `${each.tagName} "${words}" ${Math.round(box.width)}×${Math.round(box.height)}`;
    });
}"""


@pytest.mark.parametrize("viewport", [TABLET, PHONE], ids=["tablet", "phone"])
def test_a_finger_finds_every_button_and_nothing_overflows(browse, places, viewport):
    page = browse("dana", viewport=viewport, has_touch=True, is_mobile=viewport is PHONE)
    small = []
    for address in ("/", "/notes/{notes[half]}/", "/notes/{notes[half]}/sign/"):
        page.goto(address.format(**places))
        page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")
        toggle = page.locator(".side-toggle")
        if toggle.count() and toggle.is_visible():
            toggle.click()
        small += [f"{address}: {each}" for each in page.evaluate(TARGETS)]
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} px wider than the window"
    assert small == []


@pytest.mark.parametrize("viewport", [DESK, TABLET, PHONE], ids=["desk", "tablet", "phone"])
def test_the_field_in_use_stays_where_it_is_when_findings_come_and_go(browse, places, viewport):
    page = browse("dana", viewport=viewport)
    page.goto(f"/notes/{places['notes']['still']}/")
    nmr = block(page, "97112")
    place = field(nmr, "4 · Response")
    words = place.input_value()
    place.scroll_into_view_if_needed()
    place.focus()
    before = corner(place)
    place.press("ControlOrMeta+a")
    place.press("Backspace")
    expect(finding(page, "has no patient response")).to_have_count(1)
    saved(page)
    assert corner(place) == before
    page.keyboard.insert_text("tolerated well")
    expect(finding(page, "tolerated well")).not_to_have_count(0)
    saved(page)
    expect(place).to_be_focused()
    assert corner(place) == before
    place.press("ControlOrMeta+a")
    page.keyboard.insert_text(words)
    saved(page)
    expect(finding(page, "tolerated well")).to_have_count(0)
    assert corner(place) == before


def corner(place) -> tuple[float, float]:
    # A field grows with its own words; where it begins is what must not change.
    box = place.bounding_box()
    return box["x"], box["y"]


def test_choosing_a_chip_moves_nothing(page, editor):
    editor("still")
    nmr = block(page, "97112")
    choices = nmr.locator(".chip span")
    where = (
        "all => all.map((each) => [each.getBoundingClientRect().left, each.getBoundingClientRect().width])"
    )
    before = choices.evaluate_all(where)
    chip(nmr, "Coordination")
    saved(page)
    assert choices.evaluate_all(where) == before
    chip(nmr, "Coordination")
    saved(page)
