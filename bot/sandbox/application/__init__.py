"""The application at Discord: registered commands, interactions, and the messages that are posted."""
