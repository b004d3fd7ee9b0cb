"""Values become Drafts that fit Discord's limits, one file a feature; and Drafts become text, one file a medium."""
