"""Stories under ids that stay, in the file of the shelf whose readers see them."""
