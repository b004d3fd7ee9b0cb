"""What a text's script and language decide: where words begin and end, and what their inflections have in common."""
