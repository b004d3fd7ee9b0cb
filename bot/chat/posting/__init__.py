"""Posting to Discord: Drafts as components, messages sent, published and read back."""
