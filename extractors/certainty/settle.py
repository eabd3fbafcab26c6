"""Calibrated scores for all fields, and what stays sure.

The rule of a field (docs/reading.md section 3) stays a gate: what it calls sure may lose that for want of evidence.
The other way is open only where calibration has seen enough papers without an error (`free_min`), and never against
a code that marks a systematic danger.
"""

from __future__ import annotations

from extractors.certainty.evidence import PaperEvidence, features, paper_evidence
from extractors.certainty.model import Calibration, calibrations
from extractors.certainty.photographs import doubt_photographed
from schemas.extraction import Fields, FieldValue
from schemas.reading import Reading

# Evidence that no number of good papers outweighs: contradictions, guesses, and what only a person can decide.
NEVER_FREE = frozenset(
    {
        "one_reader", "capacity_conflict", "agency_conflict", "notation_conflict", "type_conflict", "readers_differ",
        "guessed_digits", "maybe_handwritten", "computed_from_term", "other_page", "beside_type", "notation_only",
        "no_title", "no_notation", "secret_notation", "shape_odd", "agency_incomplete", "parent_doubtful",
        "several_ids", "committee_line_missing", "accents_doubtful", "hole_in_list", "line_below", "place_unknown",
        "unreadable", "signer_conflict", "starts_small", "term_conflict", "cut_off", "words_joined",
    }
)  # fmt: skip
# Never touched. A stamp of secrecy or urgency counts whatever its chance is;
# valid_from and owner_id_type are told otherwise by the sample maker than a record has them: nothing to learn from.
RULED = frozenset({"secrecy", "urgency", "valid_from", "owner_id_type"})


def settle(fields: Fields, reading: Reading) -> Fields:
    """The same fields with calibrated scores; ``needs_review`` follows rule and chance together."""
    paper = paper_evidence(reading)
    kind = fields.doc_type.value if isinstance(fields.doc_type.value, str) else None
    known = calibrations()
    return fields.model_copy(
        update={
            name: settle_field(fields.get(name), known[name], paper, doc_type=kind)
            for name in type(fields).model_fields
            if name in known and name not in RULED
        }
    )


def settle_field(
    field: FieldValue, calibration: Calibration, paper: PaperEvidence, *, doc_type: str | None
) -> FieldValue:
    """One field with its chance as score."""
    chance = calibration.chance(features(field, paper, doc_type=doc_type))
    sure = is_sure(field, chance, calibration)
    settled = field.model_copy(update={"score": chance, "needs_review": not sure})
    return doubt_photographed(settled) if paper.photographed else settled


def is_sure(field: FieldValue, chance: float, calibration: Calibration) -> bool:
    """Rule and chance together; without the rule only where calibration allows it and nothing forbids it."""
    if not field.needs_review:
        return chance >= calibration.rule_min
    if calibration.free_min is None or NEVER_FREE & set(field.reasons):
        return False
    return chance >= calibration.free_min
