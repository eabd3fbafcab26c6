"""``python -m samplemaker``: see :mod:`samplemaker.cli`."""

import sys

from samplemaker.cli import main

if __name__ == "__main__":
    sys.exit(main())
