"""Second half of `make lock`: a package locked with extras is locked without them as well.

    python3 tools/lock_extras.py requirements.lock requirements-dev.lock

pip in hash mode takes `sqlalchemy[asyncio]==2.0.58` as no pin of what another package asks for as `SQLAlchemy>=2.0`:
it tries the newest release and stops. With both lines every wish is pinned.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_HEAD = re.compile(r"^(?P<name>[\w.-]+)\[[^\]]*\]==", re.MULTILINE)


def with_plain(text: str) -> str:
    """The lock file with a plain copy after each block that names extras; a second pass changes nothing."""
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", text)
    plain = {block.split("==", 1)[0] for block in blocks}
    out: list[str] = []
    for block in blocks:
        found = _HEAD.match(block)
        if found and found["name"] not in plain:
            out.append(_HEAD.sub(rf"{found['name']}==", block, count=1))
        out.append(block)
    return "".join(out)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(with_plain(path.read_text(encoding="utf-8")), encoding="utf-8")
