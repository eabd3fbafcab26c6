"""Sets a paper on pages."""

from samplemaker.typeset.finish import Finish, pick_finish
from samplemaker.typeset.sheet import set_paper
from samplemaker.typeset.style import Style, pick_style

__all__ = ["Finish", "Style", "pick_finish", "pick_style", "set_paper"]
