"""Events of a package: in the time of Việt Nam, and nothing else."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from storage.package import Event, make_event


def test_an_event_is_written_in_vietnamese_time():
    assert make_event("extract", at=datetime(2026, 1, 2, 20, 30, tzinfo=UTC)).time == "2026-01-03T03:30:00+07:00"


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        make_event("extract", at=datetime(2026, 1, 2))
    for time in ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05", "2026-01-02", "2026-01-02T03:04:05+00:00"):
        with pytest.raises(ValidationError):
            Event(stage="store", time=time)
