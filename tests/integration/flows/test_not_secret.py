"""A paper wrongly taken for secret comes back on the word of a person with authority, from run to search."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import papers
import pytest

from flows.cli import run_cli
from review.roles import RIGHTS, Viewer
from runtime.desk import ReviewDesk
from runtime.fixity import verify_packages
from runtime.open import open_workshop
from runtime.settings import load_settings
from samplemaker.maker import make_documents
from schemas.errors import InvalidValue
from schemas.scope import EVERYTHING
from schemas.secrecy import NOT_SECRET
from storage.package import read_manifest

WHO, WHY = "Trần Văn Bách, Chánh Văn phòng", "Phiếu trình số 12: đóng nhầm dấu, đã giải mật"
SAID = ("--not-secret", "--by", WHO, "--reason", WHY)


def outcome(home: Path, *arguments: str | Path) -> tuple[dict[str, int], list[str]]:
    done = papers.sohoa(home, "run", *arguments, "--json")
    assert done.returncode in (0, 1), done.stderr
    report = json.loads(done.stdout)
    return report["outcomes"], [one["code"] for one in report["quarantined"]]


def found(home: Path, words: str) -> int:
    total: int = json.loads(papers.sohoa(home, "search", words, "--json").stdout)["total"]
    return total


def originals(home: Path) -> list[str]:
    return sorted(p.relative_to(home / "store").parts[0] for p in (home / "store").glob("[oq]*/**/*") if p.is_file())


def test_set_aside_declared_confirmed_found_and_rebuilt(tmp_path: Path) -> None:
    home, folder = tmp_path / "nhà", tmp_path / "giấy"
    make_documents(folder, count=1, seed=3, kinds=["mat"], qualities=["digital"])
    paper = next(folder.glob("*.pdf"))
    assert outcome(home, paper) == ({"quarantined": 1}, ["E111"])
    assert originals(home) == ["quarantine"]

    assert outcome(home, paper, *SAID) == ({"needs_review": 1}, [])
    assert originals(home) == ["originals"]
    assert outcome(home, paper, "--retry") == ({"needs_review": 1}, [])

    with open_workshop(load_settings({}, home=home)) as workshop:
        assert verify_packages(workshop).problems == ()
        (record,) = workshop.catalogue.records.iterate()
        number = record.fields.doc_number.value
        assert isinstance(number, str)
        assert record.fields.secrecy.value in ("mat", "toi_mat", "tuyet_mat")
        assert record.fields.secrecy.needs_review
        assert NOT_SECRET in record.fields.secrecy.reasons
        assert "unsure:secrecy" in record.review_reasons
    assert found(home, number) == 0  # the word alone does not let anybody search it

    with open_workshop(load_settings({}, home=home)) as workshop:
        desk = ReviewDesk(workshop)
        desk.sync()
        lan = Viewer(login="lan", name="Lan", role="operator", rights=RIGHTS["operator"], scope=EVERYTHING)
        task = desk.take(lan)
        assert task is not None
        asked = {one.item: one for one in desk.open(lan, record.record_id).items}
        assert asked["secrecy"].mode == "shown"
        typed: dict[str, str | None] = {
            name: None if name == "secrecy" else str(record.fields.get(name).value or "x") for name in asked
        }
        with pytest.raises(InvalidValue):
            desk.submit(lan, record.record_id, task.token or "", {**typed, "secrecy": "MẬT"})
        assert desk.submit(lan, record.record_id, task.token or "", typed).status == "confirmed"
    with open_workshop(load_settings({}, home=home)) as workshop:
        before = workshop.catalogue.history.of(record.record_id)
        kept = workshop.catalogue.records.find(record.record_id)
    assert [(row.new, row.note) for row in before if row.action == NOT_SECRET] == [(f'"{WHO}"', WHY)]
    for path in home.iterdir():
        if path.name not in ("store", "logs"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert papers.sohoa(home, "rebuild").returncode == 0
    with open_workshop(load_settings({}, home=home)) as workshop:
        assert workshop.catalogue.history.of(record.record_id) == before
        assert workshop.catalogue.records.find(record.record_id) == kept
        assert read_manifest(workshop.store, record.record_id).file("text") is not None
    assert found(home, number) == 1
    logs = "".join(path.read_text(encoding="utf-8") for path in (home / "logs").rglob("*") if path.is_file())
    assert logs
    assert "Bách" not in logs


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("a.txt", "--not-secret"), "--by"),
        (("a.txt", "--not-secret", "--by", WHO), "--reason"),
        (("a.txt", "--not-secret", "--reason", WHY), "--by"),
        (("a.txt", "--not-secret", "--by", "Trần Văn Bách", "--reason", WHY), "chức vụ"),
        (("a.txt", "--not-secret", "--by", WHO, "--reason", "ok"), "--reason"),
        (("a.txt", "--not-secret", "--by", WHO, "--reason", "\udcff" * 9), "--reason"),
        (("a.txt", "--by", WHO), "--not-secret"),
        (("a.txt", "--reason", WHY), "--not-secret"),
        ((".", *SAID), "không phải tệp"),
        (("a.zip", *SAID), "giải nén"),
        ((*["a.txt"] * 21, *SAID), "tối đa 20"),
    ],
)
def test_half_a_statement_is_none(
    arguments: tuple[str, ...],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(papers.write_txt(tmp_path / "a.txt", 1).parent)
    shutil.make_archive(str(tmp_path / "a"), "zip", tmp_path, "a.txt")
    assert run_cli(["--home", str(tmp_path / "nhà"), "run", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "nhà").exists()
