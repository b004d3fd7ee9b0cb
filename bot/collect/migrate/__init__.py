"""Read the exports of other bots and readers."""
