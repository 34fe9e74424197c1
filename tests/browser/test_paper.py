"""Pages as a browser prints them."""

import subprocess

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]


def test_a_printed_page_says_whose_it_is_on_each_sheet_and_is_black_on_white(page, places, tmp_path):
    page.goto(f"/patients/{places['patients']['stroke']}/")
    name = page.locator(".banner .name a").inner_text()
    assert not page.locator(".paper-line").is_visible()
    page.emulate_media(media="print", color_scheme="dark")
    ink = page.evaluate("getComputedStyle(document.querySelector('main')).color")
    assert ink == "rgb(0, 0, 0)"
    pressed = page.locator("button, .btn, .top, nav")
    assert not [one for one in pressed.all() if one.is_visible()]
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    found = subprocess.run(
        ["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    )
    sheets = found.stdout.strip("\f\n").split("\f")
    assert len(sheets) > 1
    for number, words in enumerate(sheets, 1):
        assert name in words and "printed by" in words, words
        assert f"Page {number} of {len(sheets)}" in words
