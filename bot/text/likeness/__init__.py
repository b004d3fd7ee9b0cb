"""The similarity of short texts: by their words, by third parties, by their titles; and the groups that follow."""
