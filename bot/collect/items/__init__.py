"""Bytes of feeds and pages become items of plain text."""
