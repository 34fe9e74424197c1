def test_dana(page, editor):
    editor("ready")
    print(page.locator("form#note-form").aria_snapshot())
    print(page.locator("aside").aria_snapshot())
    page.screenshot(path="/tmp/ready.png", full_page=True)
