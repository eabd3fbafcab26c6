"""What pen and stamp did after the paper was printed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Finish:
    """Choices about number, day, signature, stamps."""

    number: str = "print"  # print, hand, stamp, image
    day: str = "print"  # print, hand, stamp, image
    month_too: bool = False
    hand: int = 0  # whose handwriting (a seed)
    pen: str = "blue"
    sealed: bool = False
    seal_color: str = "red"
    signed: bool = False
    sign_name: str = "print"  # print, rubber, image
    kt_by_hand: bool = False
    initials: bool = False
    arrival: bool = False
    note: bool = False
    certified: bool = False  # a copy certified later by another office, with its own number, day and seal

    @property
    def handwritten(self) -> bool:
        """Number or day written by hand."""
        return "hand" in (self.number, self.day)


def pick_finish(rng: Random, quality: str) -> Finish:
    """What is usual at a quality. Digital papers carry nothing; hybrids have number and day as pictures."""
    hand = rng.randrange(1 << 30)
    if quality in ("digital", "docx", "txt", "shifted", "tcvn3", "vni"):
        issued = quality == "digital" and rng.random() < 0.45
        return Finish(hand=hand, sealed=issued, signed=issued)
    if quality == "hybrid":
        how = rng.choice(["image", "image", "hand"])
        return Finish(
            number=how,
            day=how,
            month_too=rng.random() < 0.3,
            hand=hand,
            sealed=rng.random() < 0.8,
            signed=True,
            sign_name=rng.choice(["print", "image"]),
        )
    if quality == "photo":
        quality = "office"  # what people photograph has been signed and sealed like what they scan
    share = {"clean": 0.12, "office": 0.31, "poor": 0.72, "badocr": 0.3}[quality]
    number = "hand" if rng.random() < share else rng.choice(["print"] * 8 + ["stamp"])
    day = number if number != "print" and rng.random() < 0.85 else ("hand" if rng.random() < share / 3 else "print")
    black = quality == "poor"
    pen = rng.choice(["black", "black", "blue"]) if black else rng.choice(["blue", "blue", "blue", "black", "darkblue"])
    sealed = rng.random() < {"clean": 0.55, "office": 0.94, "poor": 0.92, "badocr": 0.9}[quality]
    return Finish(
        number=number,
        day=day,
        month_too=rng.random() < 0.15,
        hand=hand,
        pen=pen,
        sealed=sealed,
        seal_color="black" if black and rng.random() < 0.85 else rng.choice(["red", "red", "red", "orange"]),
        signed=sealed or rng.random() < 0.3,
        sign_name="rubber" if quality != "clean" and rng.random() < 0.16 else "print",
        kt_by_hand=quality != "clean" and rng.random() < 0.07,
        initials=quality != "clean" and rng.random() < 0.35,
        arrival=quality in ("office", "poor", "badocr") and rng.random() < 0.22,
        note=quality != "clean" and rng.random() < 0.15,
        certified=quality in ("office", "poor") and rng.random() < 0.08,
    )
