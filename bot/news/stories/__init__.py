"""Group articles into stories, keep their ids, rank related coverage."""
