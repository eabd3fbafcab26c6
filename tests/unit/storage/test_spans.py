"""Out of force, and back: a revocation that is revoked counts no more, and who is restored is in force again."""

from __future__ import annotations

from storage.spans import NEVER, Said, Span, spans_of

REVOKED, REPLACED, BACK = "bi_thu_hoi", "bi_thay_the", "khoi_phuc"


def days(said: list[Said], target: str) -> list[tuple[str, str, str]]:
    return [(s.kind, s.first, s.until) for s in sorted(spans_of(said)) if s.target == target]


def test_a_revoked_paper_is_out_of_force_for_good() -> None:
    assert spans_of([Said("b", "a", REVOKED, "2026-01-05")]) == {Span("a", REVOKED, "2026-01-05", NEVER)}


def test_the_revocation_of_a_revocation_brings_the_paper_back() -> None:
    said = [Said("b", "a", REVOKED, "2026-01-05"), Said("c", "b", REVOKED, "2026-03-01")]
    assert days(said, "a") == [(REVOKED, "2026-01-05", "2026-03-01")]
    assert days(said, "b") == [(REVOKED, "2026-03-01", NEVER)]


def test_and_when_that_is_revoked_too_it_is_out_of_force_again() -> None:
    said = [
        Said("b", "a", REVOKED, "2026-01-05"),
        Said("c", "b", REVOKED, "2026-03-01"),
        Said("d", "c", REVOKED, "2026-06-01"),
    ]
    assert days(said, "a") == [(REVOKED, "2026-01-05", "2026-03-01"), (REVOKED, "2026-06-01", NEVER)]


def test_what_is_restored_is_in_force_until_it_is_ended_anew() -> None:
    said = [
        Said("b", "a", REPLACED, "2026-01-05"),
        Said("c", "a", BACK, "2026-03-01"),
        Said("d", "a", REVOKED, "2026-09-01"),
    ]
    assert days(said, "a") == [(REPLACED, "2026-01-05", "2026-03-01"), (REVOKED, "2026-09-01", NEVER)]


def test_a_replaced_paper_does_not_come_back_when_the_new_one_is_revoked() -> None:
    said = [Said("b", "a", REPLACED, "2026-01-05"), Said("c", "b", REVOKED, "2026-03-01")]
    assert days(said, "a") == [(REPLACED, "2026-01-05", NEVER)]


def test_a_replaced_revocation_goes_on() -> None:
    said = [Said("b", "a", REVOKED, "2026-01-05"), Said("c", "b", REPLACED, "2026-03-01")]
    assert days(said, "a") == [(REVOKED, "2026-01-05", NEVER)]


def test_papers_that_revoke_each_other_end_somewhere() -> None:
    said = [Said("b", "a", REVOKED, "2026-01-05"), Said("a", "b", REVOKED, "2026-03-01")]
    assert days(said, "a") == [(REVOKED, "2026-01-05", "2026-03-01")]
