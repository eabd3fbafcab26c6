"""Tìm kiếm: from what a person types to what the engines are asked, and back to what a person reads."""
