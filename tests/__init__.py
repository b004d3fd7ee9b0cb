"""The checks of Newsdesk: the same folders as `bot/`, journeys (a promise to a user each) and benches."""
