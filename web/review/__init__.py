"""Pages and JSON of the review desk. The rules are in ``review``, what happens is in ``runtime``."""
