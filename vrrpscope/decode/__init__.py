"""Bytes to meaning: headers, adverts and the announcements of neighbours."""
