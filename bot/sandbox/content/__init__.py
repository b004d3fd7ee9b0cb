"""Message content: components, Discord's markdown, and the plain text, links and mentions of a message."""
