"""Items become seed files: written atomically, and never over what a person changed."""
