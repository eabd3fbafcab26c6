"""Errors cross process borders whole, and each tells the operator in Vietnamese what happened and what to do."""

import importlib
import pickle
import pkgutil
import re
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

import extractors
import schemas
from schemas import errors
from schemas.errors import BrokenFile, DocumentError, MachineError, Refused, SohoaError


def every_error() -> list[type[SohoaError]]:
    for room in (schemas, extractors):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if "error" in module.name:
                importlib.import_module(module.name)

    def below(kind: type[SohoaError]) -> list[type[SohoaError]]:
        return [kind, *(e for child in kind.__subclasses__() for e in below(child))]

    return [kind for kind in below(SohoaError) if kind.__module__ == errors.__name__]


ALL = every_error()


def raise_it(kind: type[SohoaError], detail: str) -> None:
    raise kind(detail)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling(kind: type[SohoaError]):
    again = pickle.loads(pickle.dumps(kind("trang 3")))
    assert type(again) is kind
    assert again.detail == "trang 3"
    assert str(again) == str(kind("trang 3"))


def test_an_error_raised_in_another_process_arrives_with_its_detail():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        future = pool.submit(raise_it, BrokenFile, "trang 3")
        with pytest.raises(BrokenFile) as caught:
            future.result(timeout=60)
    assert caught.value.detail == "trang 3"
    assert caught.value.code == "E104"
    assert "trang 3" in caught.value.message


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_error_speaks_vietnamese(kind: type[SohoaError]):
    for sentence in (kind.hint, kind.retry):
        assert re.search(r"[à-ỹđ]", sentence.lower()), sentence
        assert sentence[0].isupper()
    assert kind.__doc__ is None or kind.__doc__.strip()


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_the_code_tells_the_branch(kind: type[SohoaError]):
    branch = {DocumentError: "1", MachineError: "2", Refused: "3"}
    first = next((digit for base, digit in branch.items() if issubclass(kind, base)), "0")
    assert re.fullmatch(rf"E{first}\d\d", kind.code)


def test_codes_are_unique():
    codes = [kind.code for kind in ALL]
    assert sorted(codes) == sorted(set(codes))


def test_the_message_carries_the_detail_in_brackets():
    assert BrokenFile("trang 3").message == f"{BrokenFile.hint} (trang 3)"
    assert BrokenFile().message == BrokenFile.hint
    assert str(BrokenFile("trang 3")).startswith("E104: ")
