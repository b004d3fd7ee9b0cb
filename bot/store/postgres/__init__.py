"""PostgreSQL for the ledger: connections, the dialect of its statements, numbered migrations, errors with a sentence.

The statements themselves are those of `bot/store/sqlite/ledger/`. It needs the extra `newsdesk[postgres]`, so nothing
imports this package unless `ledger` names a PostgreSQL.
"""
