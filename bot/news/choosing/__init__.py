"""Choose the stories of an edition: the default rule, eligibility, the rule `upstream`."""
