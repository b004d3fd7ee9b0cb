"""What an article is worth: quality, stories, heat and topics, each by a published rule."""
