"""Pages written by hand: what they name is there, and what is there they name."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from flows.cli import app
from runtime.settings import PREFIX, Settings
from schemas.errors import DocumentError
from schemas.extraction import FIELD_NAMES, Classification
from tools import reason_codes, reference

ROOT = reference.ROOT
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
ROOMS = "docs extractors flows review runtime samplemaker schemas storage tests tools web"
# Named in the deployment files, not settings of the program.
OF_COMPOSE = {
    f"{PREFIX}{name}" for name in ("S3_KEY", "S3_SECRET", "S3_SSE_KEY", "DB_PASSWORD", "WEB_PORT", "INBOX", "CRON")
}
MADE_LATER = {"docs/benchmarks.md"}  # written by `make score` and `make bench`


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def code_spans(text: str) -> Iterator[str]:
    """Lines of code blocks, and what stands between single backticks."""
    for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def section(page: Path, heading: str) -> str:
    return text_of(page).split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]


def first_cells(table: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_and_pictures_are_there(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:|mailto:)([^)#]*)#?([^)]*)\)", text_of(page)):
        aim = page.parent / target if target else page
        assert aim.exists(), f"{page.name} links to {target}, which is not there"
        if anchor:
            assert anchor in anchors(aim), f"{page.name} links to {target}#{anchor}, and there is no such heading"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_named_are_there(page: Path) -> None:
    rooms = ROOMS.replace(" ", "|")
    for span in code_spans(text_of(page)):
        for path in re.findall(rf"(?<![\w./-])(?:{rooms})/[\w./-]*[\w/]", span):
            assert (ROOT / path).exists() or path in MADE_LATER, f"{page.name} names {path}, which is not there"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_are_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    for span in code_spans(text_of(page)):
        for target in re.findall(r"(?:^|[;&] *|\$ )make ([a-z-]+)", span):
            assert target in targets, f"{page.name}: there is no `make {target}`"


def options_of(command: Any) -> set[str]:
    return {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_and_options_are_there(page: Path) -> None:
    """Every `sohoa ...` that is shown can be typed: the command exists and has these options."""
    root: Any = typer.main.get_command(app)
    for span in code_spans(text_of(page)):
        found = re.match(r"(?:\S*=\S+ )?(?:\.venv/bin/)?sohoa ([^|>#\]]+)", span.strip().removeprefix("$ "))
        if found is None or "PATH..." in span or "[OPTIONS]" in span:
            continue
        words = [word for word in shlex.split(found[1]) if word not in ("...", "…", "&&")]
        if "--home" in words:
            at = words.index("--home")
            del words[at : at + 2]
        command = root
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert command is not root or words[:1] in ([], ["--help"], ["COMMAND"]), f"{page.name}: {span}"
        if command.context_settings.get("allow_extra_args"):
            continue  # another program's options
        unknown = {word.partition("=")[0] for word in words if word.startswith("-") and word != "-"}
        assert unknown <= options_of(command), f"{page.name}: {span}: {unknown - options_of(command)}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_settings_named_are_there(page: Path) -> None:
    known = {f"{PREFIX}{key.upper()}" for key in Settings.model_fields} | OF_COMPOSE
    known |= {f"{PREFIX}STORE_URL_FILE", f"{PREFIX}DATABASE_URL_FILE", f"{PREFIX}OIDC_CLIENT_SECRET_FILE"}
    named = set(re.findall(rf"\b{PREFIX}[A-Z0-9_]*[A-Z0-9]\b", text_of(page)))
    assert named <= known, f"{page.name}: {named - known}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_error_codes_named_are_there(page: Path) -> None:
    known = {kind.code for kind in reference.all_errors()}
    named = set(re.findall(r"\bE[0-3]\d\d\b", text_of(page)))
    assert named <= known, f"{page.name}: {named - known}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pages_name_no_machine(page: Path) -> None:
    assert not re.search(r"/work/|/tmp/lab|/root/|\.shared/", text_of(page)), page.name


def test_reason_codes_are_explained() -> None:
    """docs/reading.md lists what the readers can say, no more and no less (tools/reason_codes.py finds them)."""
    listed = first_cells(section(DOCS / "reading.md", "### Fields and classes"))
    assert len(listed) == len(set(listed))
    assert set(listed) == set(reason_codes.codes_in(*reason_codes.FOLDERS))


def test_anomalies_of_citations_are_explained() -> None:
    listed = first_cells(section(DOCS / "reading.md", "### Citations (`anomalies`)"))
    assert set(listed) == set(reason_codes.codes_in(*reason_codes.ANOMALIES))


def test_finder_of_reason_codes_sees_every_way_of_writing_them() -> None:
    import ast

    source = (
        "def f() -> tuple[bool, float, str]:\n"
        "    reasons = ['a'] + (['b'] if x == 'no' else [])\n"
        "    reasons.append('c' if y.z == 'no' else f'agency_{fit}')\n"
        "    why = sorted({w for w in v['no']})\n"
        "    g(reasons=('d', *(r for r, on in (('e', 'no' in z),) if on)), other='no')\n"
        "    {'reasons': ('h',), 'score': 'no'}\n"
        "    doubted(value, 'j')\n"
        "    sure, why = 'no', [*why, 'k']\n"
        "    return True, 0.9, 'i'\n"
        "def doubted(field: str, why: str) -> None: ...\n"
    )
    found = set(reason_codes._codes(ast.parse(source)))
    assert found == {*"abcdehijk", "agency_fits", "agency_unknown", "agency_conflict"}


def test_every_field_stands_in_the_glossary_and_in_the_rules_of_certainty() -> None:
    for page in ("glossary.md", "reading.md"):
        text = text_of(DOCS / page)
        wanted = (*FIELD_NAMES, *Classification.model_fields)
        assert [name for name in wanted if f"`{name}`" not in text] == [], page


def test_every_quarantine_code_is_in_the_operators_guide() -> None:
    codes = {kind.code for kind in reference.all_errors() if issubclass(kind, DocumentError)} - {DocumentError.code}
    table = section(DOCS / "operators-guide.md", "## 4. Tệp bị cách ly: mã và việc cần làm")
    assert set(re.findall(r"^\| (E1\d\d) \|", table, re.MULTILINE)) == codes


def test_pictures_are_small_and_whole() -> None:
    for picture in sorted((DOCS / "images").glob("*.png")):
        assert picture.stat().st_size < 200_000, picture.name
        assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n", picture.name
    for drawing in DOCS.glob("*.svg"):
        assert ElementTree.parse(drawing).getroot().tag.endswith("svg"), drawing.name


def test_decisions_are_listed_and_have_their_four_parts() -> None:
    index = text_of(DOCS / "adr" / "README.md")
    for page in sorted((DOCS / "adr").glob("0*.md")):
        assert f"({page.name})" in index, page.name
        text = text_of(page)
        for part in ("**Context.**", "**Options.**", "**Decision.**", "**Consequences.**"):
            assert part in text, f"{page.name}: {part}"


def test_the_two_commands_stand_at_the_top() -> None:
    head = text_of(ROOT / "README.md").splitlines()[:20]
    assert any(line.startswith("make demo") for line in head)
    assert any(line.startswith("make test") for line in head)
