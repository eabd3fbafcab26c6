"""Keys: what they look like, and what is not one."""

import pytest

from storage.keys import (
    FileKey,
    ManifestKey,
    OriginalKey,
    check_key,
    file_key,
    manifest_key,
    original_key,
    package_prefix,
    parse_key,
    quarantine_key,
    record_id_of,
)

SHA = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
RECORD = "2cf24dba5fb0a30e26e8"


def test_keys_are_as_documented():
    assert record_id_of(SHA) == RECORD
    assert original_key(SHA) == f"originals/sha256/2c/f2/{SHA}"
    assert quarantine_key(SHA) == f"quarantine/sha256/2c/f2/{SHA}"
    assert package_prefix(RECORD) == f"packages/2c/{RECORD}/"
    assert manifest_key(RECORD, 12) == f"packages/2c/{RECORD}/manifest-0012.json"
    assert file_key(RECORD, 1, "layout", SHA) == f"packages/2c/{RECORD}/v0001/layout-2cf24dba5fb0a30e.json.gz"


def test_parsing_tells_what_a_key_is():
    assert parse_key(quarantine_key(SHA)) == OriginalKey("quarantine", SHA)
    assert parse_key(manifest_key(RECORD, 10_000)) == ManifestKey(RECORD, 10_000)
    assert parse_key(file_key(RECORD, 3, "copy", SHA)) == FileKey(RECORD, 3, "copy", SHA[:16])


@pytest.mark.parametrize(
    "key",
    [
        "",
        "originals",
        f"originals/sha256/2c/f3/{SHA}",  # folders of another hash
        f"originals/{SHA}",
        f"packages/2d/{RECORD}/manifest-0001.json",
        f"packages/2c/{RECORD}/manifest-00001.json",
        f"packages/2c/{RECORD}/manifest-0001.json\n",
        f"packages/2c/{RECORD}/manifest-٠٠٠١.json",
        f"packages/2c/{RECORD}/v0001/copy-2cf24dba5fb0a30e.txt",
        f"packages/2c/{RECORD}/v0001/copy.pdf",
    ],
)
def test_what_is_not_ours_is_not_parsed(key: str):
    assert parse_key(key) is None


@pytest.mark.parametrize("bad", ["", SHA[:-1], SHA.upper(), SHA + "\n", "../" + SHA[3:]])
def test_a_hash_that_is_none_makes_no_key(bad: str):
    for make in (original_key, quarantine_key, record_id_of, lambda sha: file_key(RECORD, 1, "copy", sha)):
        with pytest.raises(ValueError, match="SHA-256"):
            make(bad)


@pytest.mark.parametrize("bad", ["", RECORD[:-1], RECORD + "0", "../../etc/passwd00000", RECORD.upper()])
def test_an_id_that_is_none_makes_no_key(bad: str):
    for make in (package_prefix, lambda i: manifest_key(i, 1), lambda i: file_key(i, 1, "copy", SHA)):
        with pytest.raises(ValueError, match="record id"):
            make(bad)


def test_versions_count_from_one():
    for make in (lambda: manifest_key(RECORD, 0), lambda: file_key(RECORD, 0, "copy", SHA)):
        with pytest.raises(ValueError, match="from 1"):
            make()


@pytest.mark.parametrize("bad", ["", "/a", "a/", "a//b", "..", "a/../b", ".a", "a/.b", "a b", "á", "a\x00", "a\n", "A"])
def test_keys_that_mean_something_to_a_file_system(bad: str):
    with pytest.raises(ValueError, match="not an object key"):
        check_key(bad)
