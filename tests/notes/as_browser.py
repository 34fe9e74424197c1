"""What a browser would post: the fields of a page's form, as they stand."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self, form):
        super().__init__()
        self.form, self.inside, self.template = form, False, 0
        self.values, self.area, self.select = {}, None, None

    def handle_starttag(self, tag, attrs):
        has = dict(attrs)
        if tag == "form":
            self.inside = self.form is None or has.get("id") == self.form
        if not self.inside:
            return
        if tag == "input" and has.get("name"):
            kind = has.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in has:
                self.add(has["name"], has.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "textarea":
            self.area = has["name"]
            self.add(self.area, "")
        elif tag == "select":
            self.select = has["name"]
            self.add(self.select, "")
        elif tag == "option" and "selected" in has and self.select:
            self.values[self.select][-1] = has.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.values[self.area][-1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area:
            # A browser drops the line break right after the tag, which Django's widget always writes.
            self.values[self.area][-1] = self.values[self.area][-1].removeprefix("\r\n").removeprefix("\n")
            self.area = None
        elif tag == "select":
            self.select = None

    def add(self, name, value):
        self.values.setdefault(name, []).append(value)


def fields_of(response, form="note-form"):
    """Name → list of values of the form with the id `form` (None: of any form)."""
    found = _Fields(form)
    found.feed(response.content.decode())
    return found.values
