"""Real servers for the integration tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pg_server import database_url, pg_server
from s3_server import s3_server

__all__ = ["database_url", "pg_server", "s3_server"]
