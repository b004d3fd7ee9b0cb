"""The kill test: real processes, killed at random moments, and one message for each delivery all the same.

The sandbox runs in the process that watches; the sending process is the real one: the SQLite file, discord.py, the
protocol. Of its requests about servers and channels one in fifty is answered 503 and one in fifty 429, read-backs
included; of those that take effect one in fifty gets no answer, and one in fifty posts is answered 500 all the same.
One in fifty posts takes effect late, and one in fifty is answered late: the sender has given it up by then.
The 429s stay far below the thousand in ten minutes at which the bot rightly stops sending for ten minutes more.
`python -m tests.kill --help` says what can be varied.
"""
