"""Bad scanning on purpose, and the containers that scanners write."""

from samplemaker.scan.effects import ScanLook, pick_look, scan_page
from samplemaker.scan.photo import Place, photograph, pick_photo

__all__ = ["Place", "ScanLook", "photograph", "pick_look", "pick_photo", "scan_page"]
