"""A second process that answers searches while many members search at once."""
