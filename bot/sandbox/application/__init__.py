"""What the application has at Discord: registered commands, interactions, and the messages that are posted."""
