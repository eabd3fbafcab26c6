"""The commands of ``sohoa``, by what they are for."""
