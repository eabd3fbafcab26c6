"""The printed signer against the digital signatures the file bears: corroboration, never a replacement of the paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.fields.wording import letters
from extractors.reference.names import name_score, strip_ranks
from schemas.extraction import FieldValue
from schemas.signature import Signature
from schemas.text import fold

_PERSON = 0.6


def compare_signer(name: FieldValue, signatures: Sequence[Signature]) -> FieldValue:
    """The signer's name with what the certificates say of it.

    * the same name: one more witness, and a doubtful reading becomes sure;
    * the same letters, the certificate with accents: its spelling is taken for a reading that was not sure;
    * no printed name, one person in the certificates: shown for review, told as imported;
    * other people: said in the reasons only, since clerks and offices sign as well.
    """
    people = _people(signatures)
    if not people:
        return name
    if not isinstance(name.value, str):
        return _suggested(people)
    printed = name.value
    for person, _ in people:
        if fold(person) == fold(printed):
            sure = {"needs_review": False, "score": max(name.score, 0.97)} if _liftable(name) else {}
            return name.model_copy(update={**sure, "reasons": (*name.reasons, "signature_agrees")})
    for person, signature in people:
        if letters(person) == letters(printed):
            reasons = (*name.reasons, "signature_letters")
            if name.needs_review and signature.readable and not person.isascii():
                return name.model_copy(update={"value": _cased(person), "reasons": reasons})
            return name.model_copy(update={"reasons": reasons})
    return name.model_copy(update={"reasons": (*name.reasons, "signature_differs")})


def _people(signatures: Sequence[Signature]) -> list[tuple[str, Signature]]:
    """Signers whose names are a person's, titles after a dash or comma left out."""
    found = []
    for signature in signatures:
        plain = strip_ranks(re.split(r"\s[-–]\s|[,(]", signature.signer or "")[0].strip())
        if plain and name_score(_cased(plain)) >= _PERSON:
            found.append((plain, signature))
    return found


def _liftable(name: FieldValue) -> bool:
    """Two independent witnesses, paper and certificate, name the same person; an annex's signer stays in doubt."""
    return name.needs_review and "other_page" not in name.reasons


def _suggested(people: list[tuple[str, Signature]]) -> FieldValue:
    names = {fold(person) for person, _ in people}
    if len(names) != 1:
        return FieldValue(reasons=("not_found",))
    person, signature = people[0]
    return FieldValue(
        value=_cased(person),
        raw_text=signature.signer,
        page=signature.page,
        bbox=signature.bbox,
        score=0.5,
        origin="imported",
        reasons=("from_signature",),
    )


def _cased(name: str) -> str:
    return name.title() if name.isupper() else name
