"""What Midline is made of is listed, licensed, and not known to be broken. Nothing here needs a network."""

import csv
import datetime as dt
import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
FLOORS = tomllib.loads((Path(__file__).parent / "known_vulnerable.toml").read_text())["floor"]


def same(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock="run"):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return {same(name): version for name, version in re.findall(r"^([\w.-]+)==([\w.!+-]+)", text, re.M)}


def below(floor, locked):
    return Version(locked[floor["package"]]) < Version(floor["fixed_in"])


@pytest.mark.parametrize("floor", FLOORS, ids=[f"{one['package']} {one['fixed_in']}" for one in FLOORS])
@pytest.mark.parametrize("lock", ["run", "test"])
def test_nothing_is_locked_that_is_known_to_be_vulnerable(lock, floor):
    assert not below(floor, pins(lock)), f"{floor['id']}: {floor['what']}"


def test_the_list_of_floors_is_dated_and_would_find_an_older_version():
    for floor in FLOORS:
        assert isinstance(floor["noted_on"], dt.date) and floor["source"].startswith("https://")
        assert isinstance(floor["verified"], bool) and floor["what"]
        assert below(floor, {floor["package"]: "1.0"})


def test_the_bill_of_materials_is_that_of_the_lock():
    bom = json.loads((ROOT / "docs" / "sbom.json").read_text())
    assert bom["bomFormat"] == "CycloneDX"
    assert {same(one["name"]): one["version"] for one in bom["components"]} == pins(), "Run make sbom."
    assert len(bom["components"]) > 50


def test_every_package_has_a_licence_that_lets_a_clinic_run_it():
    rows = list(csv.DictReader((ROOT / "docs" / "licences.csv").read_text().splitlines()))
    assert {same(row["name"]): row["version"] for row in rows} == pins(), "Run make sbom."
    # Free to run and to pass on. None asks that what runs beside it be opened (no AGPL, no SSPL).
    known = r"MIT|BSD|Apache|MPL|Mozilla|PSF|Python Software|LGPL|Lesser|HPND|ISC|Zlib|Unlicense|0BSD"
    absent = "not on this platform"
    unknown = [
        row["name"] for row in rows if not re.search(known, row["licence"]) and row["licence"] != absent
    ]
    assert unknown == []
    assert not [row for row in rows if re.search(r"AGPL|Affero|SSPL|Commercial", row["licence"])]
    assert {row["name"] for row in rows if row["licence"] == absent} <= {"brotlicffi", "colorama", "tzdata"}
