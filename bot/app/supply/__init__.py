"""Where new articles come from: the seed folders, watched for changes, and the feed collector beside the bot."""
