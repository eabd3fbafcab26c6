"""What each kind of paper says."""

from samplemaker.content.write import write_paper

__all__ = ["write_paper"]
