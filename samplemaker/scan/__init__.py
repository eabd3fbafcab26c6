"""Bad scanning on purpose, and the containers that scanners write."""

from samplemaker.scan.effects import ScanLook, pick_look, scan_page

__all__ = ["ScanLook", "pick_look", "scan_page"]
