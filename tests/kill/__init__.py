"""The kill test: real processes, killed at random moments, and one message for each delivery all the same.

The sandbox runs in the process that watches; the sending process is the real one: the SQLite file, discord.py, the
protocol. Of its requests about servers and channels one in fifty is answered 503 and one in fifty 429, read-backs
included; of those that have taken effect one in fifty is dropped, and of the posts among them one in fifty answered 500.
The 429s stay far below the thousand in ten minutes at which the bot rightly stops sending for ten minutes more.
`python -m tests.kill --help` says what can be varied.
"""
